//! The frame around everything that needs to know who the user is.

use crate::prelude::*;
use api_types::Session;

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
    use_auth().require();
    frame(Box::new(move |session| children(session).into_any()))
}

/// The frame itself, once for all pages.
fn frame(page: Box<dyn Fn(Session) -> AnyView + Send>) -> AnyView {
    let auth = use_auth();
    let (words, views) = (auth.words(), auth.views());
    let shown = move || match auth.state() {
        AuthState::Loading => (views.loading)(words.signing_in, None),
        AuthState::Redirecting(reason) => (views.loading)(words.going_to_wechat, reason),
        AuthState::SignedIn(session) => {
            let page = page(session);
            view! {
                {move || auth.notice().map_or_else(|| ().into_any(), views.notice)}
                {page}
            }
            .into_any()
        }
        AuthState::Guest(GuestReason::OutsideWechat) => (views.open_in_wechat)(),
        AuthState::Guest(reason) => (views.guest)(reason),
        AuthState::Failed(trouble) => (views.failed)(trouble),
    };
    view! { {move || shown()} }.into_any()
}
