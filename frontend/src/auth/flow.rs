//! The steps between the states: asking the proxy, going to WeChat, exchanging what comes back.

use api_types::{Bootstrap, ErrorCode, ExchangeRequest, Scope, Session};
use leptos::prelude::*;

use super::{Arrival, Auth, AuthState, GuestReason, Notice, Trouble};
use crate::api::{self, Failure};
use crate::browser::{self, Leave};
use crate::wechat::authorize_url::{AuthorizeRequest, authorize_url};
use crate::wechat::callback::Callback;
use crate::wechat::client::Client;
use crate::wechat::entry::{Entry, Facts, Visitor, decide};
use crate::wechat::pending_login::{AUTOMATIC_ATTEMPTS, NewLogin, PendingLogin, attempt_of};

/// How long the proxy's word about the session is taken for granted, in milliseconds.
const TRUST_MS: u64 = 12 * 60 * 60 * 1000;

/// A way to WeChat.
pub(super) struct Departure {
    pub(super) scope: Scope,
    pub(super) attempt: u8,
    pub(super) leave: Leave,
    /// Shown until the page is gone.
    pub(super) reason: Option<&'static str>,
    /// The page's account if absent.
    pub(super) account: Option<String>,
    /// The page as it is if absent.
    pub(super) return_to: Option<String>,
}

impl Departure {
    /// Silent and unasked for.
    pub(super) fn automatic(attempt: u8) -> Self {
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

impl Auth {
    /// Takes a page load to a state.
    pub(super) async fn start(self, arrival: Arrival) {
        let now = browser::now();
        browser::sweep_pending(now);
        let bootstrap = match api::bootstrap().await {
            Ok(bootstrap) => bootstrap,
            Err(failure) => return self.state.set(AuthState::Failed(Trouble::Api(failure))),
        };
        let client = Client::of(&browser::user_agent());
        let can_authorize = !bootstrap.require_wechat || client.can_authorize();
        let account = self.account(&bootstrap);
        // A session of another account is kept, but says nothing about who this is under the account asked for.
        let session = bootstrap.session.clone().filter(|it| it.account == account);
        self.bootstrap.set_value(Some(bootstrap));

        if let Callback::Refused { state } = &arrival.callback {
            browser::remove_pending(state);
            if session.is_some() {
                self.notice.set(Some(Notice::ProfileRefused));
            }
        }
        let entry = decide(Facts {
            visitor: match &session {
                None => Visitor::Nobody,
                Some(session) if session.snapshot => Visitor::Snapshot,
                Some(_) => Visitor::User,
            },
            login_required: self.required.get_value(),
            signed_out: browser::is_signed_out(),
            callback: arrival.callback,
            pending: arrival.pending,
            can_authorize,
            now,
        });
        let guest = |reason| self.state.set(AuthState::Guest(reason));
        match entry {
            Entry::Exchange(login) => self.exchange(login, session).await,
            Entry::Begin { attempt } => self.depart(Departure::automatic(attempt)),
            Entry::SignedIn | Entry::Snapshot => {
                if let Some(session) = session {
                    self.show(session);
                }
            }
            Entry::Refused => {
                // Nothing restarts without a tap, not on reload either.
                browser::set_signed_out(true);
                guest(GuestReason::Refused);
            }
            Entry::SignedOut => guest(GuestReason::SignedOut),
            Entry::NotNeeded => guest(GuestReason::NotNeeded),
            Entry::OpenInWechat => guest(GuestReason::OutsideWechat),
            Entry::GaveUp => self.state.set(AuthState::Failed(Trouble::ForgetfulBrowser)),
        }
    }

    /// A page needs to know who the user is, from now on.
    pub(super) fn require(self) {
        self.required.set_value(true);
        let is_waiting = AuthState::Guest(GuestReason::NotNeeded);
        if self.state.with_untracked(|state| *state == is_waiting) {
            browser::reload();
        }
    }

    /// Whether it is time to ask the proxy again: the session has ended, or long ago was the last time.
    pub(super) fn is_stale(self, now: u64) -> bool {
        let ends_at = self.known_session().map_or(u64::MAX, |it| it.expires_at);
        now / 1000 >= ends_at || now.abs_diff(self.checked_at.get_value()) >= TRUST_MS
    }

    /// Asks the proxy who is signed in, for a page that was kept alive while the user was elsewhere.
    ///
    /// No answer changes nothing for somebody who was signed in: the page stays usable offline.
    pub(super) async fn check_again(self) {
        match (api::session().await, self.known_session()) {
            // Another tab has signed in under another account, and this page is for one.
            (Ok(session), _)
                if self
                    .chosen
                    .get_value()
                    .is_some_and(|it| it != session.account) =>
            {
                browser::reload();
            }
            (Ok(session), _) => self.show(session),
            (Err(failure), _) if failure.code() == Some(ErrorCode::Unauthorized) => {
                // A guest who is offered a button is none the worse for a night's sleep.
                if !matches!(self.state.get_untracked(), AuthState::Guest(_)) {
                    browser::reload();
                }
            }
            (Err(_), Some(session)) => self.show(session),
            (Err(failure), None) => self.state.set(AuthState::Failed(Trouble::Api(failure))),
        }
    }

    /// Leaves for WeChat, to come back to this page.
    pub(super) fn depart(self, departure: Departure) {
        let url = self
            .bootstrap
            .with_value(|bootstrap| self.departure_url(bootstrap.as_ref()?, &departure));
        let Some(url) = url else {
            return self.state.set(AuthState::Failed(Trouble::UnknownAccount));
        };
        self.state.set(AuthState::Redirecting(departure.reason));
        browser::go(&url, departure.leave);
    }

    /// Remembers a new login and says where it goes; `None` if the proxy serves no such account.
    fn departure_url(self, bootstrap: &Bootstrap, departure: &Departure) -> Option<String> {
        let account = departure.account.clone();
        let account = account.unwrap_or_else(|| self.account(bootstrap));
        let info = bootstrap.accounts.get(&account)?;
        let (base, appid) = match departure.scope {
            Scope::Base | Scope::Userinfo => (&bootstrap.authorize_url_base, &info.appid),
            Scope::Login => (&bootstrap.qrconnect_url_base, info.website_appid.as_ref()?),
        };
        let address = browser::address();
        let return_to = departure.return_to.clone();
        let new = NewLogin {
            account: &account,
            scope: departure.scope,
            return_to: &return_to.unwrap_or_else(|| address.local()),
            attempt: departure.attempt,
        };
        let login = PendingLogin::begin(&new, browser::now(), &mut browser::random);
        browser::save_pending(&login);
        Some(authorize_url(&AuthorizeRequest {
            base,
            appid,
            // Path only: query and fragment come back from the record, whatever happens to them at WeChat.
            redirect_uri: &format!("{}{}", address.origin, address.path),
            scope: departure.scope,
            state: &login.state,
        }))
    }

    async fn exchange(self, login: PendingLogin, session: Option<Session>) {
        // Bound before the code leaves this page, so that a second load of the same callback repeats this request.
        browser::save_pending(&login);
        let outcome = api::create_session(&ExchangeRequest {
            account: login.account.clone(),
            code: login.code.clone().unwrap_or_default(),
            verifier: login.verifier.clone(),
            website: login.scope == Scope::Login,
        })
        .await;
        if outcome != Err(Failure::Unreachable) {
            browser::remove_pending(&login.state);
        }
        match (outcome, session) {
            // WeChat marks known users as snapshots now and then; what this page already knows stays.
            (Ok(new), Some(session)) if new.snapshot && !session.snapshot => {
                self.notice.set(Some(Notice::ProfileFailed(None)));
                self.show(session);
            }
            (Ok(new), _) => {
                browser::set_signed_out(false);
                // The user agreed, but WeChat did not tell: the proxy signs in without.
                if login.scope == Scope::Userinfo && new.profile.is_none() && !new.snapshot {
                    self.notice.set(Some(Notice::ProfileFailed(None)));
                }
                self.show(new);
            }
            (Err(failure), session) => self.recover(failure, &login, session).await,
        }
    }

    /// A failed exchange never ends a session, and a spent code is worth one more silent try.
    async fn recover(self, failure: Failure, login: &PendingLogin, session: Option<Session>) {
        let attempt = attempt_of(&login.state);
        let spent = matches!(
            failure.code(),
            Some(ErrorCode::CodeExpired | ErrorCode::CodeUsed)
        );
        if spent
            && let Ok(session) = api::session().await
            && session.account == login.account
        {
            // Another load of this page may have exchanged the code meanwhile.
            if session.profile.is_none() {
                self.notice.set(Some(Notice::ProfileFailed(Some(failure))));
            }
            return self.show(session);
        }
        match session {
            Some(session) => {
                self.notice.set(Some(Notice::ProfileFailed(Some(failure))));
                self.show(session);
            }
            None if spent && attempt < AUTOMATIC_ATTEMPTS => {
                self.depart(Departure::automatic(attempt + 1));
            }
            None => self.state.set(AuthState::Failed(Trouble::Api(failure))),
        }
    }

    /// Somebody is here. The same one again changes nothing on the screen.
    fn show(self, session: Session) {
        self.checked_at.set_value(browser::now());
        self.remember_session(Some(session.clone()));
        let state = if session.snapshot {
            AuthState::Guest(GuestReason::Snapshot)
        } else {
            AuthState::SignedIn(session)
        };
        if self.state.with_untracked(|shown| *shown != state) {
            self.state.set(state);
        }
    }

    fn known_session(self) -> Option<Session> {
        self.bootstrap
            .with_value(|bootstrap| bootstrap.as_ref()?.session.clone())
    }

    /// Keeps the bootstrap answer true after the session has changed.
    pub(super) fn remember_session(self, session: Option<Session>) {
        self.bootstrap.update_value(|bootstrap| {
            if let Some(bootstrap) = bootstrap {
                bootstrap.session = session;
            }
        });
    }
}
