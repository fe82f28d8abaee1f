//! The landing address: that of the last real load, which iPhones compare with what was signed.

use std::cell::RefCell;

use js_sys::{Array, Function, Reflect, global};
use wasm_bindgen::JsCast;

use super::plan;
use crate::{browser, first_stage, json};

thread_local! {
    /// Nothing where a login's answer was in it.
    static LANDING: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Before the address is cleaned.
pub(crate) fn remember() {
    let landing = loaded_from().or_else(|| (!first_stage::took_an_answer()).then(here));
    LANDING.set(landing.as_deref().and_then(plan::signable));
}

/// What can be signed of it.
pub(super) fn address() -> Option<String> {
    LANDING.with_borrow(Clone::clone)
}

/// The address bar.
pub(super) fn here() -> String {
    let address = browser::address();
    [&*address.origin, &address.local()].concat()
}

/// Where the browser began when it last loaded a page, if it tells.
fn loaded_from() -> Option<String> {
    let performance = Reflect::get(&global(), &"performance".into()).ok()?;
    let entries = Reflect::get(&performance, &"getEntriesByType".into()).ok()?;
    let entries: Function = entries.dyn_into().ok()?;
    let entries = entries.call1(&performance, &"navigation".into()).ok()?;
    json::text(&Array::from(&entries).get(0), "name")
}
