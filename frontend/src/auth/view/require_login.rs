//! The frame around everything that needs to know who the user is.

use api_types::Session;
use leptos::prelude::*;

use super::{failed::FailedPage, guest::GuestPage, notice_bar::NoticeBar};
use crate::auth::{AuthState, use_auth};
use crate::components::loading::Loading;
use crate::text::texts;

/// Shows its children to a signed-in user, and until then what the login is doing or what keeps it from succeeding.
///
/// On an address that shows none of these nobody is sent to WeChat. `docs/frontend.md` has a page built on it.
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
    auth.require();
    move || match auth.state() {
        AuthState::Loading => view! { <Loading text=texts().signing_in /> }.into_any(),
        AuthState::Redirecting(reason) => {
            view! { <Loading text=texts().going_to_wechat reason /> }.into_any()
        }
        AuthState::SignedIn(session) => {
            let page = children(session).into_any();
            view! { <NoticeBar /> {page} }.into_any()
        }
        AuthState::Guest(reason) => view! { <GuestPage reason /> }.into_any(),
        AuthState::Failed(trouble) => view! { <FailedPage trouble /> }.into_any(),
    }
}
