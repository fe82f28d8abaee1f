//! Nobody is signed in: says why, and how to change it.

use leptos::prelude::*;

use super::{Icon, Message};
use crate::auth::use_auth;
use crate::flow::{GuestReason, SignInOptions};

/// For [`AuthState::Guest`](crate::AuthState::Guest).
#[component]
pub fn Guest(
    /// Why nobody is signed in.
    reason: GuestReason,
) -> impl IntoView {
    let auth = use_auth();
    let words = auth.words();
    let (title, text) = match reason {
        GuestReason::OutsideWechat => (words.open_in_wechat_title, words.open_from_phone),
        GuestReason::Refused => (words.refused_title, words.refused_text),
        GuestReason::Snapshot => (words.snapshot_title, words.snapshot_text),
        GuestReason::SessionEnded => (words.session_ended_title, words.session_ended_text),
        GuestReason::NotNeeded | GuestReason::SignedOut => {
            (words.signed_out_title, words.signed_out_text)
        }
    };
    let sign_in = move |_| {
        // WeChat marks a virtual user only where it asks for the profile; silently, one would pass for real.
        if reason == GuestReason::Snapshot {
            auth.request_profile(words.profile_reason);
        } else {
            auth.sign_in(SignInOptions::default());
        }
    };
    view! {
        <Message icon=Icon::Info title text>
            <button class="button primary" data-action="sign-in" on:click=sign_in>{words.sign_in}</button>
        </Message>
    }
}
