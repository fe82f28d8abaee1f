//! The user's picture, or the first letter of the name.

use leptos_wechat_login::prelude::*;

/// Falls back to the letter when there is no picture or it does not load: WeChat's picture addresses die when the
/// user changes the picture.
#[component]
pub(crate) fn Avatar(
    /// Whose first letter stands in for a picture.
    name: String,
    /// Address of the picture, or empty.
    picture: String,
) -> impl IntoView {
    let broken = RwSignal::new(picture.is_empty());
    let letter = name
        .chars()
        .find(|letter| !letter.is_whitespace())
        .unwrap_or('·')
        .to_string();
    let shown = move || {
        if broken.get() {
            view! { <span class="avatar" aria-hidden="true">{letter.clone()}</span> }.into_any()
        } else {
            // No referrer: the picture's host need not learn which page shows it.
            view! {
                <img
                    class="avatar"
                    src=picture.clone()
                    alt=""
                    referrerpolicy="no-referrer"
                    on:error=move |_| broken.set(true)
                />
            }
            .into_any()
        }
    };
    view! { {move || shown()} }
}
