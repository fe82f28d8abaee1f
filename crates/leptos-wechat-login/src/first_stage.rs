//! What the page did before the app was there, if it has a first stage: `wechatLogin`, see `docs/en/first-login.md` of the
//! repository.

use js_sys::{Promise, Reflect, global};
use login_decision::callback::Callback;
use login_decision::pending_login::PendingLogin as Stored;
use wasm_bindgen::{JsCast, JsValue};

use crate::flow::pending_login::PendingLogin;
use crate::json;

/// What it left, and whether it has decided anything; nothing if it has other rules than this app.
fn left() -> Option<(JsValue, bool)> {
    let left = Reflect::get(&global(), &"wechatLogin".into()).ok()?;
    let version = json::number(&left, "version");
    let is_ours = version.is_none_or(|it| it == f64::from(login_decision::INTERFACE));
    is_ours.then_some((left, version.is_some()))
}

/// What it took out of the address.
pub(crate) fn arrived() -> Option<(Callback<String>, Option<PendingLogin>)> {
    let (left, true) = left()? else {
        return None;
    };
    let text = |name| json::text(&left, name).unwrap_or_default();
    let (kind, code, state) = (text("kind"), text("code"), text("state"));
    let record = text("record");
    // Theirs from now on, who know when they are of no more use.
    for name in ["code", "record"] {
        let _ = Reflect::set(&left, &name.into(), &JsValue::NULL);
    }
    let pending = Stored::decode(&state, &record).map(Stored::into_owned);
    let callback = match &*kind {
        "granted" => Callback::Granted { code, state },
        "refused" => Callback::Refused { state },
        _ => Callback::None,
    };
    Some((callback, pending))
}

/// The answer to a request that it has begun. Once: whoever asks again asks anew.
pub(crate) fn answer(name: &str) -> Option<Promise> {
    let (left, _) = left()?;
    let promise = Reflect::get(&left, &name.into()).ok()?.dyn_into().ok()?;
    let _ = Reflect::set(&left, &name.into(), &JsValue::NULL);
    Some(promise)
}

/// Whether an answer of WeChat's was in the address, and is not any more.
#[cfg(feature = "jssdk")]
pub(crate) fn took_an_answer() -> bool {
    left().is_some_and(|(left, _)| json::text(&left, "kind").is_some_and(|it| !it.is_empty()))
}
