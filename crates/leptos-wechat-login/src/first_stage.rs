//! What the page did before the app was there, if it has a first stage: `wechatLogin`, which `crates/first-stage` describes.

use js_sys::{Promise, Reflect, global};
use wasm_bindgen::{JsCast, JsValue};

/// What it left; nothing if there is none, or one with other rules than this app's.
fn left() -> Option<JsValue> {
    let left = Reflect::get(&global(), &"wechatLogin".into()).ok()?;
    let version = Reflect::get(&left, &"version".into()).ok()?.as_f64()?;
    (version == f64::from(login_decision::INTERFACE)).then_some(left)
}

/// A text of it.
pub(crate) fn text(name: &str) -> Option<String> {
    Reflect::get(&left()?, &name.into()).ok()?.as_string()
}

/// The answer to a request that it has begun. Once: whoever asks again asks anew.
pub(crate) fn answer(name: &str) -> Option<Promise> {
    let left = left()?;
    let promise = Reflect::get(&left, &name.into()).ok()?.dyn_into().ok()?;
    let _ = Reflect::set(&left, &name.into(), &JsValue::NULL);
    Some(promise)
}
