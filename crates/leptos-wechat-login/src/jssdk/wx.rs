//! WeChat's script in this page: `jWeixin`, also known as `wx`.

use std::cell::{Cell, RefCell};

use js_sys::{Array, Function, Object, Promise, Reflect, global};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

use super::error::JssdkError;
use crate::json::{self, FromJson};

/// How long the script may take to come.
const SCRIPT_MS: u32 = 15_000;

/// How long WeChat may take to give the page its bridge.
const BRIDGE_MS: u32 = 5_000;

/// How often it is looked whether something has come.
const STEP_MS: u32 = 50;

/// Marks the element, so that there is one.
const SCRIPT: &str = "script[data-wechat-jssdk]";

thread_local! {
    /// Whether the last configuration has been judged, as far as that is told.
    static IS_JUDGED: Cell<bool> = const { Cell::new(false) };
    /// What WeChat said against it.
    static REFUSAL: RefCell<Option<String>> = const { RefCell::new(None) };
    /// Whether somebody configures.
    static IS_TAKEN: Cell<bool> = const { Cell::new(false) };
    /// Whether the library tells us of refusals.
    static LISTENS: Cell<bool> = const { Cell::new(false) };
}

/// What the proxy answers.
pub(super) struct Signature {
    value: JsValue,
    pub(super) script: String,
}

impl FromJson for Signature {
    fn from_json(value: &JsValue) -> Option<Self> {
        for name in ["appId", "nonceStr", "signature"] {
            json::text(value, name)?;
        }
        json::number(value, "timestamp")?;
        Some(Self {
            value: value.clone(),
            script: json::text(value, "script")?,
        })
    }
}

/// Whether this is the webview of iPhones, by WeChat's own word.
pub(super) fn is_wkwebview() -> bool {
    read(&global(), "__wxjs_is_wkwebview").is_truthy()
}

/// Whose turn it is, until this is dropped.
pub(super) struct Turn;

/// Waits for it.
pub(super) async fn turn() -> Turn {
    while IS_TAKEN.replace(true) {
        sleep(STEP_MS).await;
    }
    Turn
}

impl Drop for Turn {
    fn drop(&mut self) {
        IS_TAKEN.set(false);
    }
}

/// Waits.
pub(super) async fn sleep(milliseconds: u32) {
    let _ = JsFuture::from(timer(milliseconds)).await;
}

fn timer(milliseconds: u32) -> Promise {
    let milliseconds = i32::try_from(milliseconds).unwrap_or(i32::MAX);
    Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            let _ = window
                .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
        }
    })
}

/// Looks now and then, until there is something.
async fn until<T>(limit: u32, look: impl Fn() -> Option<T>) -> Option<T> {
    for _ in 0..=limit.checked_div(STEP_MS).unwrap_or(0) {
        if let Some(found) = look() {
            return Some(found);
        }
        sleep(STEP_MS).await;
    }
    look()
}

/// The library, loaded if it is not in the page yet.
pub(super) async fn library(script: &str) -> Result<JsValue, JssdkError> {
    if library_here().is_none() && element().is_none() {
        insert(script).ok_or(JssdkError::NoScript)?;
    }
    // What has come may load the library itself.
    let found = until(SCRIPT_MS, || match (library_here(), element()) {
        (Some(library), _) => Some(Ok(library)),
        (None, None) => Some(Err(JssdkError::NoScript)),
        (None, Some(_)) => None,
    })
    .await;
    found.unwrap_or_else(|| {
        // Whoever tries again loads it again.
        if let Some(element) = element() {
            element.remove();
        }
        Err(JssdkError::NoScript)
    })
}

/// `jWeixin` first: a mini program's own script is called `wx`, too.
pub(super) fn library_here() -> Option<JsValue> {
    ["jWeixin", "wx"]
        .into_iter()
        .map(|name| read(&global(), name))
        .find(|library| method(library, "config").is_some())
}

fn element() -> Option<web_sys::Element> {
    web_sys::window()?.document()?.query_selector(SCRIPT).ok()?
}

fn insert(script: &str) -> Option<()> {
    let document = web_sys::window()?.document()?;
    let element = document.create_element("script").ok()?;
    element.set_attribute("data-wechat-jssdk", "").ok()?;
    let failed = element.clone();
    let remove = Closure::once_into_js(move || failed.remove());
    element
        .add_event_listener_with_callback("error", remove.unchecked_ref())
        .ok()?;
    element.set_attribute("src", script).ok()?;
    document.body()?.append_child(&element).ok()?;
    Some(())
}

/// Waits for WeChat: without its bridge the library keeps all it is told to itself.
pub(super) async fn bridge() -> Result<(), JssdkError> {
    let found = until(BRIDGE_MS, || {
        read(&global(), "WeixinJSBridge").is_truthy().then_some(())
    });
    found.await.ok_or(JssdkError::NotInWechat)
}

/// Asks WeChat for the right to these calls.
pub(super) fn configure(library: &JsValue, signature: &Signature, names: &[&str]) {
    IS_JUDGED.set(false);
    REFUSAL.set(None);
    // Once, because it stays; and before, because whoever asks later is told of what was before.
    if !LISTENS.replace(true) {
        let listener = Closure::<dyn Fn(JsValue)>::new(|answer: JsValue| {
            REFUSAL.set(json::text(&answer, "errMsg"));
            IS_JUDGED.set(true);
        });
        let _ = tell(library, "error", listener.as_ref());
        // As long as the page.
        listener.forget();
    }
    // A fresh one: the library writes its inner names into it.
    let names = list(names);
    let _ = Reflect::set(&signature.value, &"jsApiList".into(), &names);
    let _ = tell(library, "config", &signature.value);
    // Called good or bad, and after a second configuration at once, which says nothing about that.
    let is_late = std::rc::Rc::new(Cell::new(false));
    let listener = Closure::once_into_js({
        let is_late = is_late.clone();
        move || {
            if is_late.get() {
                IS_JUDGED.set(true);
            }
        }
    });
    let _ = tell(library, "ready", &listener);
    is_late.set(true);
}

/// Waits until the configuration is judged, or that long.
pub(super) async fn settles(limit: u32) {
    until(limit, || is_judged().then_some(())).await;
}

/// Whether the last configuration is judged. Not every WeChat tells.
pub(super) fn is_judged() -> bool {
    IS_JUDGED.get()
}

/// What WeChat said against the last configuration, if it told.
pub(super) fn refusal() -> Option<String> {
    REFUSAL.with_borrow(Clone::clone)
}

/// Makes a call and waits for its own result; nothing if none comes in time.
pub(super) async fn call(
    library: &JsValue,
    name: &str,
    arguments: &Object,
    limit: Option<u32>,
) -> Option<JsValue> {
    let arguments = Object::assign(&Object::new(), arguments);
    let result = Promise::new(&mut |resolve, reject| {
        let _ = Reflect::set(&arguments, &"complete".into(), &resolve);
        if tell(library, name, &arguments).is_none() {
            let _ = reject.call0(&JsValue::NULL);
        }
    });
    let result = match limit {
        Some(limit) => Promise::race(&Array::of2(&result, &timer(limit))),
        None => result,
    };
    match JsFuture::from(result).await {
        Ok(result) => result.is_object().then_some(result),
        // As the library says it of what WeChat does not have.
        Err(_) => {
            let message = [name, ":function not exist"].concat();
            Some(object(&[("errMsg", &message)]).into())
        }
    }
}

/// Whether a result grants something: that of `checkJsApi` says it name by name.
pub(super) fn has_any(result: &JsValue) -> bool {
    let all: Result<Object, _> = read(result, "checkResult").dyn_into();
    all.map_or(true, |all| {
        Object::values(&all).iter().any(|it| it.is_truthy())
    })
}

/// Names for the library to have, and to write into.
pub(super) fn list(names: &[&str]) -> Array {
    names.iter().map(|name| JsValue::from(*name)).collect()
}

fn tell(library: &JsValue, name: &str, what: &JsValue) -> Option<JsValue> {
    method(library, name)?.call1(library, what).ok()
}

fn method(of: &JsValue, name: &str) -> Option<Function> {
    read(of, name).dyn_into().ok()
}

/// A property; undefined where there is none.
pub(super) fn read(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// Arguments of texts; more is put in with `js_sys::Reflect`.
pub fn object(fields: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        let _ = Reflect::set(&object, &(*name).into(), &(*value).into());
    }
    object
}
