//! Puts a text into the clipboard.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::auth::use_auth;
use crate::browser;

/// Says afterwards whether it worked; a screen reader hears it.
#[component]
pub fn CopyButton(
    /// What is copied.
    text: String,
    /// What the button says first.
    label: &'static str,
    /// What tells it from the page's other ones, for who does not see it.
    what: &'static str,
    /// Its style.
    class: &'static str,
) -> impl IntoView {
    let words = use_auth().words();
    let said = RwSignal::new(label);
    let copy = move |event: leptos::ev::MouseEvent| {
        said.set(if browser::copy(&text) {
            words.copied
        } else {
            words.not_copied
        });
        // Copying takes the focus away; who uses a keyboard wants it back.
        if let Some(button) = event.current_target() {
            let _ = button.unchecked_into::<HtmlElement>().focus();
        }
    };
    view! {
        <button
            class=class
            data-action="copy"
            aria-live="polite"
            aria-label=move || format!("{} {what}", said.get())
            on:click=copy
        >
            {move || said.get()}
        </button>
    }
}
