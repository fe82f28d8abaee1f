//! The turning circle; an `index.html` can show the same one before the app is there.

use std::time::Duration;

use leptos::prelude::*;

use crate::auth::use_auth;
use crate::browser;

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
            <p>{move || [text, words.slow].get(slowness.get()).copied().unwrap_or(words.very_slow)}</p>
            {reason.map(|reason| view! { <p>{reason}</p> })}
            {move || (slowness.get() == SLOW.len()).then(|| view! {
                <button class="button" data-action="reload" on:click=|_| browser::reload()>{words.retry}</button>
            })}
        </div>
    }
}
