//! Nobody is signed in: says why, and how to change it.

use leptos::prelude::*;

use super::open_in_wechat::OpenInWechat;
use crate::auth::{GuestReason, SignInOptions, use_auth};
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
        GuestReason::OutsideWechat => return view! { <OpenInWechat /> }.into_any(),
        GuestReason::Refused => (texts.refused_title, texts.refused_text),
        GuestReason::Snapshot => (texts.snapshot_title, texts.snapshot_text),
        GuestReason::SessionEnded => (texts.session_ended_title, texts.session_ended_text),
        GuestReason::NotNeeded | GuestReason::SignedOut => {
            (texts.signed_out_title, texts.signed_out_text)
        }
    };
    let sign_in = move |_| {
        // WeChat marks a virtual user only where it asks for the profile; silently, one would pass for real.
        if reason == GuestReason::Snapshot {
            auth.request_profile(texts.profile_reason);
        } else {
            auth.sign_in(SignInOptions::default());
        }
    };
    view! {
        <Message icon=Icon::Info title text>
            <button class="button primary" data-action="sign-in" on:click=sign_in>{texts.sign_in}</button>
        </Message>
    }
    .into_any()
}
