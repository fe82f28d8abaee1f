//! The frame around everything that is for followers of the official account, with the feature `follow`.

use api_types::Session;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;

use super::pieces::{Icon, Message};
use super::require_login::RequireLogin;
use crate::api;
use crate::auth::use_auth;
use crate::json::{self, FromJson};
use crate::prelude::*;

/// What is known about following.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    /// The proxy is being asked.
    Asking,
    /// A follower, or nobody knows.
    Welcome,
    /// Not a follower, after so many questions.
    Stranger(u32),
}

/// For a view that asks somebody to follow the account; cheap to copy.
#[derive(Clone, Copy)]
pub struct Follow {
    known: RwSignal<Known>,
    asked: StoredValue<u32>,
    account: StoredValue<String>,
}

/// The two fields of `GET /api/session` that matter here.
struct Answer {
    account: String,
    subscribe: Option<bool>,
}

impl FromJson for Answer {
    fn from_json(value: &JsValue) -> Option<Self> {
        Some(Self {
            account: json::text(value, "account")?,
            subscribe: json::flag(value, "subscribe"),
        })
    }
}

impl Follow {
    /// Asks the proxy again, after the user has followed. Not knowing keeps nobody out.
    pub fn ask(self) {
        self.known.set(Known::Asking);
        spawn_local(async move {
            let answer: Result<Answer, _> = api::fetch("GET", "/api/session", None).await;
            // By then the page may be another.
            let (Some(account), Some(asked)) =
                (self.account.try_get_value(), self.asked.try_get_value())
            else {
                return;
            };
            let follows = answer
                .ok()
                .filter(|it| it.account == account)
                .and_then(|it| it.subscribe);
            let known = if follows == Some(false) {
                Known::Stranger(asked)
            } else {
                Known::Welcome
            };
            self.asked.try_set_value(asked.saturating_add(1));
            self.known.try_set(known);
        });
    }

    /// Whether the user has said before that he follows the account, and WeChat does not know of it.
    pub fn is_not_yet(self) -> bool {
        matches!(self.known.get(), Known::Stranger(1..))
    }

    /// The account's public name, to search for.
    pub fn title(self) -> String {
        use_auth().account_title(&self.account.get_value())
    }

    /// The address of a picture, the account's QR code; there is none where the proxy was not told its text.
    pub fn picture(self) -> String {
        api::follow_qr_code(&self.account.get_value())
    }
}

/// [`RequireLogin`], and then shows its children to followers of the account: to whom WeChat does not call a stranger, that
/// is, because no failure may keep anybody out. It asks for nothing that is a secret from others: what is worth one, a back
/// end keeps by the service API's `subscribe`.
#[component]
pub fn RequireFollow<F, V>(
    /// The page, for the session it is given: `<RequireFollow let:session>…</RequireFollow>`.
    children: F,
) -> impl IntoView
where
    F: Fn(Session) -> V + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let page: StoredValue<Page> = StoredValue::new(Box::new(move |it| children(it).into_any()));
    view! { <RequireLogin let:session>{frame(page, session)}</RequireLogin> }
}

type Page = Box<dyn Fn(Session) -> AnyView + Send + Sync>;

fn frame(page: StoredValue<Page>, session: Session) -> AnyView {
    let auth = use_auth();
    let (words, views) = (auth.words(), auth.views());
    let follow = Follow {
        known: RwSignal::new(Known::Asking),
        asked: StoredValue::new(0),
        account: StoredValue::new(session.account.clone()),
    };
    follow.ask();
    let shown = move || match follow.known.get() {
        Known::Asking => (views.loading)(words.follow_checking, None),
        Known::Welcome => page.with_value(|page| page(session.clone())),
        Known::Stranger(_) => (views.follow)(follow),
    };
    view! { {move || shown()} }.into_any()
}

/// Asks somebody to follow the account.
#[component]
pub fn FollowFirst(
    /// Whom to follow, and what to do then.
    follow: Follow,
) -> impl IntoView {
    let has_picture = RwSignal::new(true);
    view! { {move || follow_first(follow, has_picture)} }
}

fn follow_first(follow: Follow, has_picture: RwSignal<bool>) -> AnyView {
    let words = use_auth().words();
    let (text, picture) = if has_picture.get() {
        let missing = move |_| has_picture.set(false);
        let picture = view! {
            <img class="qr" src=follow.picture() alt=words.follow_qr_code width="200" height="200" on:error=missing />
        };
        (words.follow_by_picture, Some(picture.into_any()))
    } else {
        (words.follow_by_search, None)
    };
    let not_yet = follow
        .is_not_yet()
        .then(|| view! { <p class="notice" role="alert">{words.follow_not_yet}</p> }.into_any());
    view! {
        <Message icon=Icon::Info title=words.follow_title text>
            {picture}
            <p class="hint" data-field="account">{follow.title()}</p>
            {not_yet}
            <button class="button primary" data-action="followed" on:click=move |_| follow.ask()>{words.followed}</button>
        </Message>
    }
    .into_any()
}
