//! WeChat's message page: an icon, a title, a sentence, and what to do.

use leptos::prelude::*;

use crate::browser;

/// The sign above the title.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// Nothing is wrong.
    Info,
    /// Something is.
    Warn,
}

/// Fills the page; the title is focused so that screen readers start there.
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
    let heading = NodeRef::<leptos::html::H1>::new();
    Effect::new(move || {
        if let Some(heading) = heading.get() {
            let _ = heading.focus();
        }
        browser::set_title(title);
    });
    let (class, sign) = match icon {
        Icon::Info => ("icon info", "i"),
        Icon::Warn => ("icon warn", "!"),
    };
    view! {
        <section class="message" role=if icon == Icon::Warn { "alert" } else { "status" }>
            <span class=class aria-hidden="true">{sign}</span>
            <h1 tabindex="-1" node_ref=heading>{title}</h1>
            <p>{text}</p>
            <div class="actions">{children()}</div>
        </section>
    }
}
