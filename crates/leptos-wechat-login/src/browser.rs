//! The browser of a Leptos app, through web-sys, and a few things that pages need of it.

use leptos::prelude::{RwSignal, Set as _};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, HtmlDocument, HtmlTextAreaElement, Location, Window};

use login_decision::callback::Callback;
use login_decision::public_page::origin_and_path;

use crate::first_stage;
use crate::flow::pending_login::PendingLogin;
use crate::flow::{Address, AuthState, Browser, Leave, Notice, Storage};
use crate::json;

fn window() -> Option<Window> {
    web_sys::window()
}

fn document() -> Option<Document> {
    window()?.document()
}

fn location() -> Option<Location> {
    window().map(|window| window.location())
}

fn storage(storage: Storage) -> Option<web_sys::Storage> {
    let window = window()?;
    let storage = match storage {
        Storage::Tab => window.session_storage(),
        Storage::Site => window.local_storage(),
    };
    storage.ok().flatten()
}

/// A key of this app's. A host may have several of ours, each under a path of its own: what one remembers is not for the
/// others, which have other accounts, and users who did not sign out there.
fn own(key: &str) -> String {
    [&base(), key].concat()
}

/// This browser, and the signals that the app's pages watch.
pub(crate) struct Page {
    pub(crate) state: RwSignal<AuthState>,
    pub(crate) notice: RwSignal<Option<Notice>>,
}

impl Browser for Page {
    fn address(&self) -> Address {
        address()
    }

    fn arrived(&self) -> Option<(Callback<String>, Option<PendingLogin>)> {
        first_stage::arrived()
    }

    fn replace_address(&self, local: &str) {
        // With the origin before it, because a path may begin with `//`, which alone would name another host.
        let url = address().origin + local;
        if let Some(history) = window().and_then(|window| window.history().ok()) {
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&url));
        }
    }

    fn go(&self, url: &str, leave: Leave) {
        if let Some(location) = location() {
            let _ = match leave {
                Leave::Replacing => location.replace(url),
                Leave::Pushing => location.assign(url),
            };
        }
    }

    fn reload(&self) {
        reload();
    }

    fn now(&self) -> u64 {
        js_sys::Date::now() as u64
    }

    /// From the browser's cryptographic generator; from its ordinary one should a webview withhold that, because
    /// unguessable by a page elsewhere is better than the same every time.
    fn random(&self, bytes: &mut [u8]) {
        let filled = window()
            .and_then(|window| window.crypto().ok())
            .is_some_and(|crypto| crypto.get_random_values_with_u8_array(bytes).is_ok());
        if !filled {
            bytes.fill_with(|| (js_sys::Math::random() * 256.0) as u8);
        }
    }

    fn user_agent(&self) -> String {
        user_agent()
    }

    fn stored(&self, place: Storage, key: &str) -> Option<String> {
        storage(place)?.get_item(&own(key)).ok()?
    }

    fn store(&self, place: Storage, key: &str, value: Option<&str>) {
        if let Some(storage) = storage(place) {
            let key = own(key);
            let _ = match value {
                Some(value) => storage.set_item(&key, value),
                None => storage.remove_item(&key),
            };
        }
    }

    fn stored_keys(&self, place: Storage) -> Vec<String> {
        let Some(storage) = storage(place) else {
            return Vec::new();
        };
        let base = base();
        (0..storage.length().unwrap_or(0))
            .filter_map(|at| Some(storage.key(at).ok()??.strip_prefix(&*base)?.to_owned()))
            .collect()
    }

    fn show(&self, state: &AuthState) {
        self.state.set(state.clone());
    }

    fn notify(&self, notice: Option<&Notice>) {
        self.notice.set(notice.cloned());
    }
}

/// Where the browser is.
pub fn address() -> Address {
    let location = location();
    let part = |read: fn(&Location) -> Result<String, JsValue>| {
        let location = location.as_ref();
        location.and_then(|it| read(it).ok()).unwrap_or_default()
    };
    Address {
        origin: part(Location::origin),
        path: part(Location::pathname),
        search: part(Location::search),
        fragment: part(Location::hash),
    }
}

/// Loads the page anew.
pub fn reload() {
    if let Some(location) = location() {
        let _ = location.reload();
    }
}

/// What the browser says it is.
pub(crate) fn user_agent() -> String {
    window()
        .and_then(|window| window.navigator().user_agent().ok())
        .unwrap_or_default()
}

/// The reader's first language, such as `zh-CN`; empty if unknown.
pub fn language() -> String {
    window()
        .and_then(|window| window.navigator().language())
        .unwrap_or_default()
}

/// Sets what the title bar says; WeChat shows it above the page.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// Sets an attribute of `<html>`.
pub(crate) fn mark_page(attribute: &str, value: &str) {
    if let Some(html) = document().and_then(|it| it.document_element()) {
        let _ = html.set_attribute(attribute, value);
    }
}

/// Puts a text into the clipboard; says whether it worked.
///
/// By the old command, because the new interface is missing in webviews and on plain http.
pub fn copy(text: &str) -> bool {
    let copy = || {
        let document = document()?;
        let area: HtmlTextAreaElement =
            document.create_element("textarea").ok()?.dyn_into().ok()?;
        area.set_value(text);
        area.set_class_name("offscreen");
        document.body()?.append_child(&area).ok()?;
        // iOS selects nothing by select() alone, and brings up its keyboard for what can be written to.
        area.set_read_only(true);
        area.select();
        let _ = area.set_selection_range(0, u32::MAX);
        let document: HtmlDocument = document.dyn_into().ok()?;
        let copied = document.exec_command("copy").ok();
        area.remove();
        copied
    };
    copy().unwrap_or(false)
}

/// Calls `listener` whenever the page comes to the front again.
pub(crate) fn on_visible(listener: impl Fn() + 'static) {
    let Some(document) = document() else { return };
    let listener = Closure::<dyn Fn()>::new({
        let document = document.clone();
        move || {
            if !document.hidden() {
                listener();
            }
        }
    });
    let _ = document
        .add_event_listener_with_callback("visibilitychange", listener.as_ref().unchecked_ref());
    // It lives as long as the page.
    listener.forget();
}

/// The address that an element of `index.html` has as its `href`, in full; empty if there is none.
pub(crate) fn address_of(selector: &str) -> String {
    document()
        .and_then(|it| it.query_selector(selector).ok()?)
        .and_then(|it| json::text(&it, "href"))
        .unwrap_or_default()
}

/// Where the app is on its host, by `<base>`: empty at the root, or else what all its paths begin with, such as `/h5`. For
/// `<Router base=…>`.
pub fn base() -> String {
    let base = address_of("base[href]");
    origin_and_path(&base)
        .1
        .strip_suffix('/')
        .unwrap_or_default()
        .to_owned()
}
