//! Who is signed in, as one signal, and what a page can do about it.
//!
//! ```text
//! Loading ──▶ SignedIn ◀───────────────┐
//!    │            │ request_profile()   │ exchange succeeded
//!    ├──▶ Redirecting ──▶ (WeChat) ──▶ Loading of the next page load
//!    ├──▶ Guest ──sign_in()──▶ Redirecting
//!    └──▶ Failed ──retry()──▶ the page loads anew
//! ```
//!
//! A page that needs to know who the user is puts itself into [`RequireLogin`]; everything else follows.

mod actions;
mod arrival;
mod flow;
pub mod view;

use api_types::{Bootstrap, Session};
use leptos::prelude::*;
use leptos::task::spawn_local;

pub use actions::SignInOptions;
pub use arrival::Arrival;
pub use view::{NoticeBar, RequireLogin, explain_with_id};

use crate::api::Failure;
use crate::browser;
use crate::wechat::chosen_account::chosen_account;

/// The state of the login; pages match on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthState {
    /// Not known yet.
    Loading,
    /// On the way to WeChat; this page is about to disappear. With what the user is asked for there, and why.
    Redirecting(Option<&'static str>),
    /// Somebody is signed in.
    SignedIn(Session),
    /// Nobody is, and nothing happens without a tap.
    Guest(GuestReason),
    /// The login does not work.
    Failed(Trouble),
}

/// Why nobody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuestReason {
    /// No page has asked yet.
    NotNeeded,
    /// The user declined on WeChat's page.
    Refused,
    /// The user signed out here.
    SignedOut,
    /// The session has ended while the page was open.
    SessionEnded,
    /// WeChat shows this page as a snapshot, with a virtual user.
    Snapshot,
    /// This is not WeChat's browser, and the proxy wants it to be.
    OutsideWechat,
}

/// Why the login does not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The proxy, or the way to it.
    Api(Failure),
    /// The browser came back from WeChat twice and had forgotten twice that it went.
    ForgetfulBrowser,
    /// The browser went to WeChat several times, and no answer to any of these logins came back.
    Unanswered,
    /// The proxy does not serve the account that was asked for.
    UnknownAccount,
}

/// Something that went wrong beside an intact session; shown above the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The user declined to share name and picture.
    ProfileRefused,
    /// Asking for name and picture failed; without a reason where only WeChat kept them.
    ProfileFailed(Option<Failure>),
    /// Signing out failed, the session is still there.
    SignOutFailed(Failure),
}

/// The login of this page; cheap to copy, found with [`use_auth`].
#[derive(Clone, Copy)]
pub struct Auth {
    state: RwSignal<AuthState>,
    notice: RwSignal<Option<Notice>>,
    bootstrap: StoredValue<Option<Bootstrap>>,
    /// The account the address asked for.
    chosen: StoredValue<Option<String>>,
    /// Whether a page on the screen needs a login.
    required: StoredValue<bool>,
    /// When the proxy last said who is signed in, in milliseconds since 1970-01-01 UTC.
    checked_at: StoredValue<u64>,
}

/// Starts the login for everything below the calling component.
pub fn provide_auth(arrival: Arrival) {
    let auth = Auth {
        state: RwSignal::new(AuthState::Loading),
        notice: RwSignal::new(None),
        bootstrap: StoredValue::new(None),
        chosen: StoredValue::new(chosen_account(&browser::address().search).map(str::to_owned)),
        required: StoredValue::new(false),
        checked_at: StoredValue::new(browser::now()),
    };
    provide_context(auth);
    spawn_local(auth.start(arrival));
    // A page that Back brings to life again still shows what it showed when it was left.
    let _ = window_event_listener(leptos::ev::pageshow, move |event| {
        if event.persisted() {
            spawn_local(auth.check_again());
        }
    });
    browser::on_visible(move || {
        // A page on its way to WeChat is not called back.
        if !auth.is_leaving() && auth.is_stale(browser::now()) {
            spawn_local(auth.check_again());
        }
    });
}

/// The login that [`provide_auth`] started.
///
/// # Panics
/// Outside of the component that called [`provide_auth`]: a mistake in the page's code.
pub fn use_auth() -> Auth {
    expect_context()
}

impl Auth {
    /// The state; reading it in a view or an effect follows its changes.
    pub fn state(self) -> AuthState {
        self.state.get()
    }

    /// What went wrong beside the session, if anything did.
    pub fn notice(self) -> Option<Notice> {
        self.notice.get()
    }

    /// The public name of a configured account; any other name as it is.
    pub fn account_title(self, account: &str) -> String {
        self.bootstrap
            .with_value(|it| Some(it.as_ref()?.accounts.get(account)?.title.clone()))
            .unwrap_or_else(|| account.to_owned())
    }

    /// The address of another page of the app, for `href`: with `?account=` where this page has one.
    pub fn link(self, path: &str) -> String {
        match self.chosen.get_value() {
            Some(account) => format!("{path}?account={account}"),
            None => path.to_owned(),
        }
    }

    /// Whether the page's account offers the QR login for desktops.
    pub fn has_qr_login(self) -> bool {
        self.bootstrap
            .with_value(|it| {
                let bootstrap = it.as_ref()?;
                let account = bootstrap.accounts.get(&self.account(bootstrap))?;
                account.website_appid.as_ref().map(|_| ())
            })
            .is_some()
    }

    /// The account to sign in under: the one the address names, that of the session, or the proxy's default.
    fn account(self, bootstrap: &Bootstrap) -> String {
        let of_session = || bootstrap.session.as_ref().map(|it| it.account.clone());
        self.chosen
            .get_value()
            .or_else(of_session)
            .unwrap_or_else(|| bootstrap.default_account.clone())
    }
}
