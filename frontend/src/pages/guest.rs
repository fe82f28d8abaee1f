//! Nobody is signed in: says why, and how to change it.

use leptos::prelude::*;

use crate::auth::{GuestReason, use_auth};
use crate::components::message::{Icon, Message};
use crate::text::texts;

/// For [`crate::auth::AuthState::Guest`].
#[component]
pub fn GuestPage(
    /// Why nobody is signed in.
    reason: GuestReason,
) -> impl IntoView {
    let auth = use_auth();
    let texts = texts();
    let (title, text) = match reason {
        GuestReason::Refused => (texts.refused_title, texts.refused_text),
        GuestReason::SignedOut => (texts.signed_out_title, texts.signed_out_text),
        GuestReason::OutsideWechat => (texts.open_in_wechat_title, texts.open_in_wechat_text),
    };
    let can_sign_in = reason != GuestReason::OutsideWechat;
    view! {
        <Message icon=Icon::Info title text>
            {can_sign_in.then(|| view! {
                <button class="button primary" on:click=move |_| auth.sign_in()>{texts.sign_in}</button>
            })}
        </Message>
    }
}
