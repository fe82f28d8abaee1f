//! WeChat's message page: an icon, a title, a sentence, and what to do.

use leptos::prelude::*;

use super::Title;

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
