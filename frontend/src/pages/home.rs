//! The start page: whatever the state of the login is.

use leptos::prelude::*;

use super::{failed::FailedPage, guest::GuestPage, profile::ProfilePage};
use crate::auth::{AuthState, use_auth};
use crate::components::loading::Loading;
use crate::text::texts;

/// `/`
#[component]
pub fn Home() -> impl IntoView {
    let auth = use_auth();
    move || match auth.state() {
        AuthState::Loading => view! { <Loading text=texts().signing_in /> }.into_any(),
        AuthState::Redirecting => view! { <Loading text=texts().going_to_wechat /> }.into_any(),
        AuthState::SignedIn(session) => view! { <ProfilePage session /> }.into_any(),
        AuthState::Guest(reason) => view! { <GuestPage reason /> }.into_any(),
        AuthState::Failed(trouble) => view! { <FailedPage trouble /> }.into_any(),
    }
}
