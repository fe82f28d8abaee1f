//! Who is signed in, as one signal, and the four things a page can do about it.
//!
//! ```text
//! Loading ──▶ SignedIn ◀───────────────┐
//!    │            │ request_profile()   │ exchange succeeded
//!    ├──▶ Redirecting ──▶ (WeChat) ──▶ Loading of the next page load
//!    ├──▶ Guest ──sign_in()──▶ Redirecting
//!    └──▶ Failed ──retry()──▶ the page loads anew
//! ```

mod arrival;
mod flow;

use api_types::{Bootstrap, Scope, Session};
use leptos::prelude::*;
use leptos::task::spawn_local;

pub use arrival::Arrival;

use crate::api::{self, Failure};
use crate::browser::{self, Leave};

/// The state of the login; pages match on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthState {
    /// Not known yet.
    Loading,
    /// On the way to WeChat; this page is about to disappear.
    Redirecting,
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
    /// The user declined on WeChat's page.
    Refused,
    /// The user signed out here.
    SignedOut,
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
}

/// Starts the login for everything below the calling component.
pub fn provide_auth(arrival: Arrival) {
    let auth = Auth {
        state: RwSignal::new(AuthState::Loading),
        notice: RwSignal::new(None),
        bootstrap: StoredValue::new(None),
    };
    provide_context(auth);
    spawn_local(auth.start(arrival));
    // A page that Back brings to life again still shows what it showed when it was left.
    let _ = window_event_listener(leptos::ev::pageshow, move |event| {
        if event.persisted() {
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

    /// The public name of a configured account.
    pub fn account_title(self, account: &str) -> String {
        self.bootstrap
            .with_value(|it| Some(it.as_ref()?.accounts.get(account)?.title.clone()))
            .unwrap_or_default()
    }

    /// Signs in after a tap: silently, under the default account.
    pub fn sign_in(self) {
        browser::set_signed_out(false);
        self.begin(Scope::Base, 1, Leave::Replacing);
    }

    /// Asks the user for name and picture. Only after a tap on something that says what for: WeChat shows the page as a
    /// lifeless snapshot otherwise.
    pub fn request_profile(self) {
        self.notice.set(None);
        self.begin(Scope::Userinfo, 1, Leave::Pushing);
    }

    /// Ends the session, and keeps a reload from silently starting another.
    pub fn sign_out(self) {
        spawn_local(async move {
            match api::delete_session().await {
                Ok(()) => {
                    browser::set_signed_out(true);
                    self.remember_session(None);
                    self.notice.set(None);
                    self.state.set(AuthState::Guest(GuestReason::SignedOut));
                }
                Err(failure) => self.notice.set(Some(Notice::SignOutFailed(failure))),
            }
        });
    }

    /// Begins anew after trouble.
    pub fn retry(self) {
        self.state.set(AuthState::Loading);
        browser::reload();
    }
}
