//! The turning circle; `index.html` shows the same one before the app is there.

use leptos::prelude::*;

/// Says that something is under way.
#[component]
pub fn Loading(
    /// What is under way.
    text: &'static str,
) -> impl IntoView {
    view! {
        <div class="loading" role="status">
            <span class="spinner" aria-hidden="true"></span>
            <p>{text}</p>
        </div>
    }
}
