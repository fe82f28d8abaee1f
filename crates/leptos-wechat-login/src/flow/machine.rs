//! The steps between the states: asking the proxy, going to WeChat, exchanging what comes back, and what pages ask for.

use std::sync::{Mutex, PoisonError};

use api_types::{Bootstrap, ErrorCode, ExchangeRequest, Scope, Session};
use wechat_oauth::{AuthorizeRequest, authorize_url};

use super::callback::{self, Callback};
use super::chosen_account::chosen_account;
use super::client::Client;
use super::entry::{Entry, Facts, Visitor, decide};
use super::pending_login::{self, NewLogin, PendingLogin};
use super::recovery::{Recovery, after_failure};
use super::{
    Address, Api, AuthState, Browser, Failure, GuestReason, Leave, Notice, Storage, Trouble,
};

/// How long the proxy's word about the session is taken for granted, in milliseconds.
const TRUST_MS: u64 = 12 * 60 * 60 * 1000;

/// What every authorize address ends with.
const WECHAT_REDIRECT: &str = "#wechat_redirect";

/// Where a tab remembers that the user signed out in it, so that a reload does not silently undo it.
const SIGNED_OUT: &str = "wechat-login-signed-out";

/// The login of one page load, in a browser and with a proxy.
pub struct Flow<B, A> {
    browser: B,
    api: A,
    model: Mutex<Model>,
}

struct Model {
    state: AuthState,
    bootstrap: Option<Bootstrap>,
    /// What the address brought, until the proxy is asked.
    arrival: Arrival,
    /// The account the address asked for.
    chosen: Option<String>,
    /// Whether a page on the screen needs a login.
    required: bool,
    /// When the proxy last said who is signed in, in milliseconds since 1970-01-01 UTC.
    checked_at: u64,
}

/// WeChat's answer, if there is one, and what this browser knows about it.
struct Arrival {
    callback: Callback,
    pending: Option<PendingLogin>,
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

/// A way to WeChat.
struct Departure {
    scope: Scope,
    attempt: u8,
    leave: Leave,
    /// Shown until the page is gone.
    reason: Option<&'static str>,
    /// The one that the page names to which it leads back, or else this page's, if absent.
    account: Option<String>,
    /// The page as it is if absent.
    return_to: Option<String>,
}

impl Departure {
    /// Silent and unasked for.
    fn automatic(attempt: u8) -> Self {
        Self {
            scope: Scope::Base,
            attempt,
            leave: Leave::Replacing,
            reason: None,
            account: None,
            return_to: None,
        }
    }
}

impl<B: Browser, A: Api> Flow<B, A> {
    /// Reads the `code` and `state` of logins of ours and removes them from the address bar and this history entry.
    ///
    /// Before a router and before any request: a code that stays in the address is replayed by reload, Back, favourites
    /// and shared links. The login's own page, query and fragment take its place. What is not ours stays.
    pub fn arrive(browser: B, api: A) -> Self {
        let mut address = browser.address();
        // Browsers carry the authorize page's fragment over its redirect to an address that has none.
        if address.fragment == WECHAT_REDIRECT {
            address.fragment.clear();
        }
        let now = browser.now();
        let known = |state: &str| pending_login::load(&browser, state);
        let taken = callback::take(&address.search, now, known);
        let (callback, pending) = (taken.callback, taken.pending);
        if callback != Callback::None {
            let search = taken.search;
            let clean = Address { search, ..address }.local();
            browser.replace_address(pending.as_ref().map_or(&clean, |login| &login.return_to));
        }
        let chosen = chosen_account(&browser.address().search).map(str::to_owned);
        Self {
            browser,
            api,
            model: Mutex::new(Model {
                state: AuthState::Loading,
                bootstrap: None,
                arrival: Arrival { callback, pending },
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

    /// Takes what the address brought to a state, once the proxy has answered.
    async fn enter(&self, arrival: Arrival) {
        let Arrival { callback, pending } = arrival;
        let require_wechat = self.bootstrap(|it| it.require_wechat) == Some(true);
        let client = Client::of(&self.browser.user_agent());
        let session = self.known_session();
        if let Callback::Refused { state } = &callback {
            pending_login::remove(&self.browser, state);
            // Nobody was asked who has no record of it.
            if pending.as_ref().map(|login| login.scope) == Some(Scope::Userinfo) {
                self.notify(Notice::ProfileRefused);
            }
        }
        let now = self.browser.now();
        let entry = decide(Facts {
            visitor: match &session {
                None => Visitor::Nobody,
                Some(session) if session.snapshot => Visitor::Snapshot,
                Some(_) => Visitor::User,
            },
            login_required: self.with(|it| it.required),
            signed_out: self.browser.stored(Storage::Tab, SIGNED_OUT).is_some(),
            callback,
            pending,
            unanswered: pending_login::sweep(&self.browser, now),
            can_authorize: !require_wechat || client.can_authorize(),
            now,
        });
        match entry {
            Entry::Exchange(login) => self.exchange(login).await,
            Entry::Begin { attempt } => self.depart(Departure::automatic(attempt)),
            Entry::SignedIn | Entry::Snapshot => {
                if let Some(session) = session {
                    self.show(session);
                }
            }
            Entry::Refused => {
                // Nothing restarts without a tap, not on reload either.
                self.set_signed_out(true);
                self.guest(GuestReason::Refused);
            }
            Entry::SignedOut => self.guest(GuestReason::SignedOut),
            Entry::NotNeeded => self.guest(GuestReason::NotNeeded),
            Entry::OpenInWechat => self.guest(GuestReason::OutsideWechat),
            Entry::Unanswered => {
                // Later than all of them, so that the user's next try begins to count anew.
                pending_login::sweep(&self.browser, u64::MAX);
                self.fail(Trouble::Unanswered);
            }
            Entry::GaveUp => self.fail(Trouble::ForgetfulBrowser),
        }
    }

    /// Leaves for WeChat, to come back to this page.
    fn depart(&self, departure: Departure) {
        let Departure { reason, leave, .. } = departure;
        match self.departure_url(departure) {
            Some(url) => {
                self.set(AuthState::Redirecting(reason));
                self.browser.go(&url, leave);
            }
            None => self.fail(Trouble::UnknownAccount),
        }
    }

    /// Remembers a new login and says where it goes; `None` if the proxy serves no such account.
    fn departure_url(&self, departure: Departure) -> Option<String> {
        let address = self.browser.address();
        let local = address.local();
        let return_to = departure.return_to.as_deref().unwrap_or(&local);
        let account = departure.account;
        let account = account
            .or_else(|| chosen_account(return_to).map(str::to_owned))
            .or_else(|| self.with(|it| it.account()))?;
        let (base, appid) = self.bootstrap(|it| {
            let info = it.accounts.get(&account)?;
            Some(match departure.scope {
                Scope::Base | Scope::Userinfo => {
                    (it.authorize_url_base.clone(), info.appid.clone())
                }
                Scope::Login => (it.qrconnect_url_base.clone(), info.website_appid.clone()?),
            })
        })??;
        let new = NewLogin {
            account: &account,
            scope: departure.scope,
            return_to,
            attempt: departure.attempt,
        };
        let mut random = |bytes: &mut [u8]| self.browser.random(bytes);
        let login = PendingLogin::begin(&new, self.browser.now(), &mut random);
        pending_login::save(&self.browser, &login);
        Some(authorize_url(&AuthorizeRequest {
            base: &base,
            appid: &appid,
            // The record brings query and fragment back exactly. Where it is lost, the query still names the account.
            redirect_uri: &callback::redirect_uri(&address.origin, &local),
            scope: departure.scope,
            state: &login.state,
        }))
    }

    async fn exchange(&self, mut login: PendingLogin) {
        let outcome = loop {
            match self.send_code(&login).await {
                // A snapshot's virtual user is nobody, and the second code may be of the user who asked for the whole page.
                Err(_) | Ok(Session { snapshot: true, .. }) if login.second_code.is_some() => {
                    login.code = login.second_code.take();
                }
                outcome => break outcome,
            }
        };
        match (outcome, self.known_session()) {
            // WeChat marks known users as snapshots now and then; what this page already knows stays.
            (Ok(new), Some(session)) if new.snapshot && !session.snapshot => {
                self.notify(Notice::ProfileFailed(None));
                self.show(session);
            }
            (Ok(new), _) => {
                self.set_signed_out(false);
                // The user agreed, but WeChat did not tell: the proxy signs in without.
                if login.scope == Scope::Userinfo && new.profile.is_none() && !new.snapshot {
                    self.notify(Notice::ProfileFailed(None));
                }
                self.show(new);
            }
            (Err(failure), session) => self.recover(failure, &login, session).await,
        }
    }

    async fn send_code(&self, login: &PendingLogin) -> Result<Session, Failure> {
        // Bound before the code leaves this page, so that a second load of the same callback repeats this request, and
        // kept after a failure, so that one with a second code knows whose it is.
        pending_login::save(&self.browser, login);
        let request = ExchangeRequest {
            account: login.account.clone(),
            code: login.code.clone().unwrap_or_default(),
            verifier: login.verifier.clone(),
            website: login.scope == Scope::Login,
        };
        let outcome = self.api.create_session(&request).await;
        if outcome.is_ok() {
            pending_login::remove(&self.browser, &login.state);
        }
        outcome
    }

    /// See [`after_failure`].
    async fn recover(&self, failure: Failure, login: &PendingLogin, session: Option<Session>) {
        let is_spent = matches!(
            failure.code(),
            Some(ErrorCode::CodeExpired | ErrorCode::CodeUsed)
        );
        let mut session = session;
        if is_spent && let Ok(newer) = self.api.session().await {
            // Another load of this page may have exchanged the code meanwhile.
            session = Some(newer).filter(|it| it.account == login.account);
        }
        match (
            after_failure(is_spent, login.scope, login.attempt(), session.is_some()),
            session,
        ) {
            (Recovery::Stay { with_notice }, Some(session)) => {
                if with_notice {
                    self.notify(Notice::ProfileFailed(Some(failure)));
                }
                self.show(session);
            }
            (Recovery::Restart { attempt }, _) => self.depart(Departure {
                account: Some(login.account.clone()),
                ..Departure::automatic(attempt)
            }),
            _ => self.fail(Trouble::Api(failure)),
        }
    }

    /// Somebody is here. The same one again changes nothing on the screen.
    fn show(&self, session: Session) {
        let now = self.browser.now();
        self.with(|it| it.checked_at = now);
        self.remember_session(Some(session.clone()));
        let state = if session.snapshot {
            AuthState::Guest(GuestReason::Snapshot)
        } else {
            AuthState::SignedIn(session)
        };
        if self.with(|it| it.state != state) {
            self.set(state);
        }
    }

    fn guest(&self, reason: GuestReason) {
        self.set(AuthState::Guest(reason));
    }

    fn fail(&self, trouble: Trouble) {
        self.set(AuthState::Failed(trouble));
    }

    fn set(&self, state: AuthState) {
        self.browser.show(&state);
        self.with(|it| it.state = state);
    }

    fn notify(&self, notice: Notice) {
        self.browser.notify(Some(&notice));
    }

    fn set_signed_out(&self, signed_out: bool) {
        let value = signed_out.then_some("1");
        self.browser.store(Storage::Tab, SIGNED_OUT, value);
    }

    /// Whether this page is on its way to WeChat.
    fn is_leaving(&self) -> bool {
        self.with(|it| matches!(it.state, AuthState::Redirecting(_)))
    }

    /// Who is here under the page's account. A session of another one is kept, but says nothing about this one.
    fn known_session(&self) -> Option<Session> {
        self.with(|it| {
            let session = it.bootstrap.as_ref()?.session.clone()?;
            (session.account == it.account()?).then_some(session)
        })
    }

    /// Keeps the bootstrap answer true after the session has changed.
    fn remember_session(&self, session: Option<Session>) {
        self.with(|it| {
            if let Some(bootstrap) = &mut it.bootstrap {
                bootstrap.session = session;
            }
        });
    }

    /// Reads or changes the model; never while the browser or the proxy is spoken to.
    fn with<T>(&self, change: impl FnOnce(&mut Model) -> T) -> T {
        change(&mut self.model.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Model {
    /// The account to sign in under: the one the address names, that of the session, or the proxy's default.
    fn account(&self) -> Option<String> {
        let bootstrap = self.bootstrap.as_ref()?;
        let of_session = || bootstrap.session.as_ref().map(|it| it.account.clone());
        let account = self.chosen.clone().or_else(of_session);
        account.or_else(|| Some(bootstrap.default_account.clone()))
    }
}
