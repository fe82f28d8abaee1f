//! The pieces that all of it is made of: a heading, a message page, the turning circle, and what copies a text.

use std::time::Duration;

use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::auth::use_auth;
use crate::browser;
use crate::prelude::*;

/// Takes the focus, so that screen readers begin at a new page's start, and gives the title bar its words, which
/// WeChat shows above the page.
#[component]
pub fn Title(
    /// What the title bar says.
    text: &'static str,
    /// What the heading says, if it is something else.
    #[prop(optional, into)]
    heading: Option<String>,
) -> impl IntoView {
    let element = NodeRef::<leptos::html::H1>::new();
    // Once it is in the page.
    spawn_local(async move {
        if let Some(element) = element.try_get_untracked().flatten() {
            let _ = element.focus();
        }
    });
    browser::set_title(text);
    view! { <h1 tabindex="-1" node_ref=element>{heading.unwrap_or_else(|| text.to_owned())}</h1> }
}

/// The sign above the title.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// Nothing is wrong.
    Info,
    /// Something is.
    Warn,
}

/// Fills the page.
#[component]
pub fn Message(
    /// The sign above the title.
    icon: Icon,
    /// What happened; the title bar says it too.
    title: &'static str,
    /// Why, and what to do.
    text: &'static str,
    /// Buttons and details below.
    children: Children,
) -> impl IntoView {
    let (class, sign, role) = match icon {
        Icon::Info => ("icon info", "i", "status"),
        Icon::Warn => ("icon warn", "!", "alert"),
    };
    view! {
        <section class="message" role=role>
            <span class=class aria-hidden="true">{sign}</span>
            <Title text=title />
            <p>{text}</p>
            <div class="actions">{children()}</div>
        </section>
    }
}

/// When it admits that this takes long, and when it offers to try again.
const SLOW: [Duration; 2] = [Duration::from_secs(3), Duration::from_secs(8)];

/// Says that something is under way.
#[component]
pub fn Loading(
    /// What is under way.
    text: &'static str,
    /// What it is good for.
    #[prop(optional_no_strip)]
    reason: Option<&'static str>,
) -> impl IntoView {
    let words = use_auth().words();
    let slowness = RwSignal::new(0);
    for (step, after) in SLOW.into_iter().enumerate() {
        let admit = move || {
            // By then it may be gone.
            let _ = slowness.try_set(step.saturating_add(1));
        };
        set_timeout(admit, after);
    }
    view! {
        <div class="loading" role="status">
            <span class="spinner" aria-hidden="true"></span>
            <p>{move || [text, words.slow].get(slowness.get()).copied().unwrap_or(words.very_slow).into_any()}</p>
            {reason.map(|reason| view! { <p>{reason}</p> }.into_any())}
            {move || if slowness.get() < SLOW.len() {
                ().into_any()
            } else {
                view! {
                    <button class="button" data-action="reload" on:click=|_| browser::reload()>{words.retry}</button>
                }
                .into_any()
            }}
        </div>
    }
}

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
            aria-label=move || [said.get(), " ", what].concat()
            on:click=copy
        >
            {move || said.get().into_any()}
        </button>
    }
}
