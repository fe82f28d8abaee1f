//! The browser, as far as the app needs it: address, history, storage, time and chance.
//!
//! Everything here may be missing or forbidden in some webview, so nothing fails: what cannot be read is empty,
//! what cannot be written is dropped, and the login above copes with that.

use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, HtmlDocument, HtmlTextAreaElement, Storage, Window};

use crate::wechat::pending_login::PendingLogin;

fn window() -> Option<Window> {
    web_sys::window()
}

fn document() -> Option<Document> {
    window()?.document()
}

/// The address of the page, in its parts.
pub struct Address {
    /// `https://shop.example`
    pub origin: String,
    /// `/orders`
    pub path: String,
    /// `?tab=2`, or empty.
    pub search: String,
    /// `#new`, or empty.
    pub fragment: String,
}

impl Address {
    /// Path, query and fragment together.
    pub fn local(&self) -> String {
        format!("{}{}{}", self.path, self.search, self.fragment)
    }
}

/// Where the browser is.
pub fn address() -> Address {
    let location = window().map(|window| window.location());
    let part = |read: fn(&web_sys::Location) -> Result<String, JsValue>| {
        location
            .as_ref()
            .and_then(|it| read(it).ok())
            .unwrap_or_default()
    };
    Address {
        origin: part(web_sys::Location::origin),
        path: part(web_sys::Location::pathname),
        search: part(web_sys::Location::search),
        fragment: part(web_sys::Location::hash),
    }
}

/// Changes the address bar and this history entry to a local path without loading anything.
pub fn replace_address(local: &str) {
    // With the origin before it, because a path may begin with `//`, which alone would name another host.
    let url = format!("{}{local}", address().origin);
    if let Some(history) = window().and_then(|window| window.history().ok()) {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&url));
    }
}

/// How a page is left.
#[derive(Clone, Copy)]
pub enum Leave {
    /// The page vanishes from history: for redirects nobody asked for, so that Back does not come by again.
    Replacing,
    /// The page stays in history: after a tap, so that Back out of a refused consent finds it.
    Pushing,
}

/// Leaves the page for `url`.
pub fn go(url: &str, leave: Leave) {
    if let Some(location) = window().map(|window| window.location()) {
        let _ = match leave {
            Leave::Replacing => location.replace(url),
            Leave::Pushing => location.assign(url),
        };
    }
}

/// Loads the page anew.
pub fn reload() {
    if let Some(window) = window() {
        let _ = window.location().reload();
    }
}

/// Milliseconds since 1970-01-01 UTC by the phone's clock.
pub fn now() -> u64 {
    js_sys::Date::now() as u64
}

/// Fills `bytes` from the browser's cryptographic generator; from its ordinary one should a webview withhold that,
/// because unguessable by a page elsewhere is better than the same every time.
pub fn random(bytes: &mut [u8]) {
    let filled = window()
        .and_then(|window| window.crypto().ok())
        .is_some_and(|crypto| crypto.get_random_values_with_u8_array(bytes).is_ok());
    if !filled {
        bytes.fill_with(|| (js_sys::Math::random() * 256.0) as u8);
    }
}

/// What the browser says it is.
pub fn user_agent() -> String {
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

/// Whether boot.js has given up on this browser or on the app.
pub fn has_given_up() -> bool {
    document()
        .and_then(|it| it.body())
        .is_some_and(|body| body.class_name() == "failed")
}

/// Sets an attribute of `<html>`.
pub fn mark_page(attribute: &str, value: &str) {
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
pub fn on_visible(listener: impl Fn() + 'static) {
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

/// Removes an element of `index.html`.
pub fn remove_element(id: &str) {
    if let Some(element) = document().and_then(|it| it.get_element_by_id(id)) {
        element.remove();
    }
}

/// An attribute of an element of `index.html`; empty if there is none.
pub fn attribute(id: &str, name: &str) -> String {
    document()
        .and_then(|it| it.get_element_by_id(id))
        .and_then(|it| it.get_attribute(name))
        .unwrap_or_default()
}

const PENDING_PREFIX: &str = "wechat-login:";
const SIGNED_OUT: &str = "wechat-login-signed-out";

fn session_storage() -> Option<Storage> {
    window()
        .and_then(|window| window.session_storage().ok())
        .flatten()
}

fn local_storage() -> Option<Storage> {
    window()
        .and_then(|window| window.local_storage().ok())
        .flatten()
}

/// The tab's own storage and, because webviews lose it between leaving and returning, the copy that survives.
fn storages() -> impl Iterator<Item = Storage> {
    [session_storage(), local_storage()].into_iter().flatten()
}

/// Remembers a login under its `state`.
pub fn save_pending(login: &PendingLogin) {
    for storage in storages() {
        let _ = storage.set_item(&format!("{PENDING_PREFIX}{}", login.state), &login.encode());
    }
}

/// The login that was started with this `state`, if this browser started it and still knows.
pub fn load_pending(state: &str) -> Option<PendingLogin> {
    let key = format!("{PENDING_PREFIX}{state}");
    storages().find_map(|storage| PendingLogin::decode(state, &storage.get_item(&key).ok()??))
}

/// Forgets a login.
pub fn remove_pending(state: &str) {
    for storage in storages() {
        let _ = storage.remove_item(&format!("{PENDING_PREFIX}{state}"));
    }
}

/// Forgets the logins that never came back, and whatever else stands under our keys and is not one. Counts the others
/// that are without an answer, in both storages.
pub fn sweep_pending(now: u64) -> usize {
    let mut unanswered = 0_usize;
    for storage in storages() {
        let keys: Vec<String> = (0..storage.length().unwrap_or(0))
            .filter_map(|at| storage.key(at).ok().flatten())
            .collect();
        for key in keys {
            let Some(state) = key.strip_prefix(PENDING_PREFIX) else {
                continue;
            };
            let text = storage.get_item(&key).ok().flatten().unwrap_or_default();
            match PendingLogin::decode(state, &text).filter(|login| login.is_recent(now)) {
                Some(login) => {
                    unanswered = unanswered.saturating_add(login.is_unanswered().into());
                }
                None => {
                    let _ = storage.remove_item(&key);
                }
            }
        }
    }
    unanswered
}

/// Whether the user signed out in this tab.
pub fn is_signed_out() -> bool {
    session_storage().is_some_and(|storage| matches!(storage.get_item(SIGNED_OUT), Ok(Some(_))))
}

/// Remembers for this tab whether the user signed out, so that a reload does not silently undo it.
pub fn set_signed_out(signed_out: bool) {
    if let Some(storage) = session_storage() {
        let _ = if signed_out {
            storage.set_item(SIGNED_OUT, "1")
        } else {
            storage.remove_item(SIGNED_OUT)
        };
    }
}
