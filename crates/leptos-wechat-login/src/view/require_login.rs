//! The frame around everything that needs to know who the user is.

use api_types::Session;
use leptos::prelude::*;

use crate::auth::use_auth;
use crate::flow::{AuthState, GuestReason};

/// Shows its children to a signed-in user, and until then what the login is doing or what keeps it from succeeding.
///
/// On an address that shows none of these nobody is sent to WeChat.
#[component]
pub fn RequireLogin<F, V>(
    /// The page, for the session it is given: `<RequireLogin let:session>…</RequireLogin>`.
    children: F,
) -> impl IntoView
where
    F: Fn(Session) -> V + Send + 'static,
    V: IntoView + 'static,
{
    let auth = use_auth();
    let (words, views) = (auth.words(), auth.views());
    auth.require();
    move || match auth.state() {
        AuthState::Loading => (views.loading)(words.signing_in, None),
        AuthState::Redirecting(reason) => (views.loading)(words.going_to_wechat, reason),
        AuthState::SignedIn(session) => {
            let page = children(session).into_any();
            let notice = move || auth.notice().map(views.notice);
            view! { {notice} {page} }.into_any()
        }
        AuthState::Guest(GuestReason::OutsideWechat) => (views.open_in_wechat)(),
        AuthState::Guest(reason) => (views.guest)(reason),
        AuthState::Failed(trouble) => (views.failed)(trouble),
    }
}
