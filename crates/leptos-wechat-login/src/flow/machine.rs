//! The login of a page load: what it knows, what pages ask of it, and what it is told.

use std::sync::{Mutex, PoisonError};

use api_types::{Bootstrap, ErrorCode, Scope, Session};
use login_decision::callback::{Callback, arrive, pairs};
use login_decision::chosen_account::chosen_account;

use super::departure::Departure;
use super::pending_login::{self, PendingLogin};
use super::{Api, AuthState, Browser, GuestReason, Leave, Notice, Storage, Trouble};

/// How long the proxy's word about the session is taken for granted, in milliseconds.
const TRUST_MS: u64 = 12 * 60 * 60 * 1000;

/// Where a tab remembers that the user signed out in it, so that a reload does not silently undo it.
pub(super) const SIGNED_OUT: &str = "wechat-login-signed-out";

/// The login of one page load, in a browser and with a proxy.
pub struct Flow<B, A> {
    pub(super) browser: B,
    pub(super) api: A,
    model: Mutex<Model>,
}

pub(super) struct Model {
    pub(super) state: AuthState,
    bootstrap: Option<Bootstrap>,
    /// What the address brought, until the proxy is asked.
    arrival: Arrival,
    /// The account the address asked for.
    chosen: Option<String>,
    /// Whether a page on the screen needs a login.
    pub(super) required: bool,
    /// When the proxy last said who is signed in, in milliseconds since 1970-01-01 UTC.
    pub(super) checked_at: u64,
}

/// WeChat's answer, if there is one, and what this browser knows about it.
pub(super) struct Arrival {
    pub(super) callback: Callback<String>,
    pub(super) pending: Option<PendingLogin>,
}

impl Arrival {
    /// Takes it out of the address.
    fn take(browser: &impl Browser, now: u64) -> Self {
        let local = browser.address().local();
        let mut pairs: Vec<Option<&str>> = pairs(&local).map(Some).collect();
        let known = |state: &str| pending_login::load(browser, state);
        let arrival = arrive(&local, &mut pairs, now, known);
        let mut clean = String::new();
        // Writing to a String cannot fail.
        let return_to = arrival
            .pending
            .as_ref()
            .map(|it: &PendingLogin| it.return_to.as_str());
        let _ = arrival.write_address(return_to, &mut clean);
        let callback = arrival.callback.map(str::to_owned);
        let pending = arrival.pending;
        if callback != Callback::None {
            browser.replace_address(&clean);
        }
        Self { callback, pending }
    }
}

/// A page that nothing was brought to.
const NOTHING: Arrival = Arrival {
    callback: Callback::None,
    pending: None,
};

/// How [`Flow::sign_in`] signs in; the default is silently, for the page as it is.
///
/// Under which account is the address's business: the one that `?account=` of the page names that is shown afterwards.
#[derive(Default)]
pub struct SignInOptions {
    /// Local path with query and fragment to show afterwards; the current one if absent.
    pub return_to: Option<String>,
    /// By a QR code to scan with the phone: for computers, where the account has a website application.
    pub by_qr_code: bool,
}

impl<B: Browser, A: Api> Flow<B, A> {
    /// Reads the `code` and `state` of logins of ours and removes them from the address bar and this history entry.
    ///
    /// Before a router and before any request: a code that stays in the address is replayed by reload, Back, favourites
    /// and shared links. The login's own page, query and fragment take its place. What is not ours stays.
    pub fn arrive(browser: B, api: A) -> Self {
        let now = browser.now();
        let arrival = match browser.arrived() {
            Some((callback, pending)) => Arrival { callback, pending },
            None => Arrival::take(&browser, now),
        };
        let chosen = chosen_account(&browser.address().search).map(str::to_owned);
        Self {
            browser,
            api,
            model: Mutex::new(Model {
                state: AuthState::Loading,
                bootstrap: None,
                arrival,
                chosen,
                required: false,
                checked_at: now,
            }),
        }
    }

    /// Takes the page load to a state.
    pub async fn start(&self) {
        let arrival = self.with(|it| std::mem::replace(&mut it.arrival, NOTHING));
        match self.api.bootstrap().await {
            Ok(bootstrap) => {
                self.with(|it| it.bootstrap = Some(bootstrap));
                self.enter(arrival).await;
            }
            Err(failure) => self.fail(Trouble::Api(failure)),
        }
    }

    /// A page needs to know who the user is, from now on. True where that begins a login: then [`Self::enter_page`] is
    /// called once the address bar shows the page that asks, because it is where WeChat will lead back to.
    pub fn require(&self) -> bool {
        // What went wrong on another page is not this one's business.
        self.browser.notify(None);
        let was_waiting = self.with(|it| {
            it.required = true;
            it.state == AuthState::Guest(GuestReason::NotNeeded)
        });
        if was_waiting {
            self.set(AuthState::Loading);
        }
        was_waiting
    }

    /// See [`Self::require`].
    pub async fn enter_page(&self) {
        self.enter(NOTHING).await;
    }

    /// The page was brought to life again, or to the front: whether the proxy's last word has become old by now, so that
    /// [`Self::check_again`] is due.
    pub fn is_stale(&self) -> bool {
        // A page on its way to WeChat is not called back.
        if self.is_leaving() {
            return false;
        }
        let now = self.browser.now();
        let ends_at = self.known_session().map_or(u64::MAX, |it| it.expires_at);
        now / 1000 >= ends_at || now.abs_diff(self.with(|it| it.checked_at)) >= TRUST_MS
    }

    /// Asks the proxy who is signed in, for a page that was kept alive while the user was elsewhere.
    ///
    /// No answer changes nothing for somebody who was signed in: the page stays usable offline. Nor does any answer
    /// once the user has tapped on something that leads to WeChat.
    pub async fn check_again(&self) {
        if self.with(|it| it.bootstrap.is_none()) {
            return self.start().await;
        }
        let was_leaving = self.is_leaving();
        // A guest who is offered a button is none the worse for a night's sleep.
        let is_guest = self.with(|it| matches!(it.state, AuthState::Guest(_)));
        let answer = self.api.session().await;
        if self.is_leaving() && !was_leaving {
            return;
        }
        let chosen = self.with(|it| it.chosen.clone());
        match (answer, self.known_session()) {
            // Another tab has signed in under another account, and this page is for one.
            (Ok(session), _) if chosen.is_some_and(|it| it != session.account) => {
                self.browser.reload();
            }
            (Ok(session), _) => self.show(session),
            (Err(_), _) if is_guest => {}
            (Err(failure), _) if failure.code() == Some(ErrorCode::Unauthorized) => {
                self.browser.reload();
            }
            (Err(_), Some(session)) => self.show(session),
            (Err(failure), None) => self.fail(Trouble::Api(failure)),
        }
    }

    /// Signs in after a tap.
    pub fn sign_in(&self, options: SignInOptions) {
        self.set_signed_out(false);
        let (scope, leave) = if options.by_qr_code {
            // A QR code may never be scanned: Back must lead here again.
            (Scope::Login, Leave::Pushing)
        } else {
            (Scope::Base, Leave::Replacing)
        };
        self.depart(Departure {
            scope,
            leave,
            return_to: options.return_to,
            ..Departure::automatic(1)
        });
    }

    /// Asks the user for name and picture, and says `reason` while WeChat's page comes.
    ///
    /// Only after a tap on something that says what for: otherwise WeChat shows the page as a lifeless snapshot.
    pub fn request_profile(&self, reason: &'static str) {
        self.browser.notify(None);
        self.depart(Departure {
            scope: Scope::Userinfo,
            leave: Leave::Pushing,
            reason: Some(reason),
            ..Departure::automatic(1)
        });
    }

    /// Ends the session, and keeps a reload from silently starting another.
    pub async fn sign_out(&self) {
        match self.api.delete_session().await {
            Ok(()) => {
                self.set_signed_out(true);
                self.remember_session(None);
                self.browser.notify(None);
                self.guest(GuestReason::SignedOut);
            }
            Err(failure) => self.notify(Notice::SignOutFailed(failure)),
        }
    }

    /// For a page whose own request was answered with 401: offers to sign in again. Not by itself, because a browser
    /// that keeps no cookies would go back and forth for ever.
    pub fn session_ended(&self) {
        self.remember_session(None);
        self.guest(GuestReason::SessionEnded);
    }

    /// Begins anew after trouble.
    pub fn retry(&self) {
        self.set(AuthState::Loading);
        self.browser.reload();
    }

    /// The browser this runs in.
    pub fn browser(&self) -> &B {
        &self.browser
    }

    /// The state at this moment.
    pub fn state(&self) -> AuthState {
        self.with(|it| it.state.clone())
    }

    /// Configuration and session, once the proxy has answered.
    pub fn bootstrap<T>(&self, read: impl FnOnce(&Bootstrap) -> T) -> Option<T> {
        self.with(|it| it.bootstrap.as_ref().map(read))
    }

    /// The account that the address asks for.
    pub fn chosen_account(&self) -> Option<String> {
        self.with(|it| it.chosen.clone())
    }

    /// Whether the page's account offers the QR login for desktops.
    pub fn has_qr_login(&self) -> bool {
        self.with(|it| {
            let account = it.bootstrap.as_ref()?.accounts.get(&it.account()?)?;
            account.website_appid.as_ref().map(|_| ())
        })
        .is_some()
    }

    pub(super) fn guest(&self, reason: GuestReason) {
        self.set(AuthState::Guest(reason));
    }

    pub(super) fn fail(&self, trouble: Trouble) {
        self.set(AuthState::Failed(trouble));
    }

    pub(super) fn set(&self, state: AuthState) {
        self.browser.show(&state);
        self.with(|it| it.state = state);
    }

    pub(super) fn notify(&self, notice: Notice) {
        self.browser.notify(Some(&notice));
    }

    pub(super) fn set_signed_out(&self, signed_out: bool) {
        let value = signed_out.then_some("1");
        self.browser.store(Storage::Tab, SIGNED_OUT, value);
    }

    /// Whether this page is on its way to WeChat.
    fn is_leaving(&self) -> bool {
        self.with(|it| matches!(it.state, AuthState::Redirecting(_)))
    }

    /// Who is here under the page's account. A session of another one is kept, but says nothing about this one.
    pub(super) fn known_session(&self) -> Option<Session> {
        self.with(|it| {
            let session = it.bootstrap.as_ref()?.session.clone()?;
            (session.account == it.account()?).then_some(session)
        })
    }

    /// Keeps the bootstrap answer true after the session has changed.
    pub(super) fn remember_session(&self, session: Option<Session>) {
        self.with(|it| {
            if let Some(bootstrap) = &mut it.bootstrap {
                bootstrap.session = session;
            }
        });
    }

    /// Reads or changes the model; never while the browser or the proxy is spoken to.
    pub(super) fn with<T>(&self, change: impl FnOnce(&mut Model) -> T) -> T {
        change(&mut self.model.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Model {
    /// The account to sign in under: the one the address names, that of the session, or the proxy's default.
    pub(super) fn account(&self) -> Option<String> {
        let bootstrap = self.bootstrap.as_ref()?;
        let of_session = || bootstrap.session.as_ref().map(|it| it.account.clone());
        let account = self.chosen.clone().or_else(of_session);
        account.or_else(|| Some(bootstrap.default_account.clone()))
    }
}
