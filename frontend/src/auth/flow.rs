//! The steps between the states: asking the proxy, going to WeChat, exchanging what comes back.

use std::time::Duration;

use api_types::{Bootstrap, ErrorCode, ExchangeRequest, Scope, Session};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Arrival, Auth, AuthState, GuestReason, Notice, Trouble};
use crate::api::{self, Failure};
use crate::browser::{self, Leave};
use crate::wechat::callback::{self, Callback};
use crate::wechat::chosen_account::chosen_account;
use crate::wechat::client::Client;
use crate::wechat::entry::{Entry, Facts, Visitor, decide};
use crate::wechat::pending_login::{NewLogin, PendingLogin};
use crate::wechat::recovery::{Recovery, after_failure};
use wechat_oauth::{AuthorizeRequest, authorize_url};

/// How long the proxy's word about the session is taken for granted, in milliseconds.
const TRUST_MS: u64 = 12 * 60 * 60 * 1000;

/// A way to WeChat.
pub(super) struct Departure {
    pub(super) scope: Scope,
    pub(super) attempt: u8,
    pub(super) leave: Leave,
    /// Shown until the page is gone.
    pub(super) reason: Option<&'static str>,
    /// The one that the page names to which it leads back, or else this page's, if absent.
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
        match api::bootstrap().await {
            Ok(bootstrap) => {
                self.bootstrap.set_value(Some(bootstrap));
                self.enter(arrival).await;
            }
            Err(failure) => self.state.set(AuthState::Failed(Trouble::Api(failure))),
        }
    }

    /// Takes what the address brought to a state, once the proxy has answered.
    async fn enter(self, arrival: Arrival) {
        let require_wechat = self
            .bootstrap
            .with_value(|it| it.as_ref().is_some_and(|it| it.require_wechat));
        let client = Client::of(&browser::user_agent());
        let can_authorize = !require_wechat || client.can_authorize();
        let session = self.known_session();

        if let Callback::Refused { state } = &arrival.callback {
            browser::remove_pending(state);
            // Nobody was asked who has no record of it.
            let asked_for = arrival.pending.as_ref().map(|login| login.scope);
            if asked_for == Some(Scope::Userinfo) {
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
            unanswered: browser::sweep_pending(browser::now()),
            can_authorize,
            now: browser::now(),
        });
        let guest = |reason| self.state.set(AuthState::Guest(reason));
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
                browser::set_signed_out(true);
                guest(GuestReason::Refused);
            }
            Entry::SignedOut => guest(GuestReason::SignedOut),
            Entry::NotNeeded => guest(GuestReason::NotNeeded),
            Entry::OpenInWechat => guest(GuestReason::OutsideWechat),
            Entry::Unanswered => {
                // Later than all of them, so that the user's next try begins to count anew.
                browser::sweep_pending(u64::MAX);
                self.state.set(AuthState::Failed(Trouble::Unanswered));
            }
            Entry::GaveUp => self.state.set(AuthState::Failed(Trouble::ForgetfulBrowser)),
        }
    }

    /// A page needs to know who the user is, from now on.
    pub(super) fn require(self) {
        self.required.set_value(true);
        // What went wrong on another page is not this one's business.
        self.notice.set(None);
        let is_waiting = AuthState::Guest(GuestReason::NotNeeded);
        if self.state.with_untracked(|state| *state == is_waiting) {
            self.state.set(AuthState::Loading);
            // Not before the address bar shows the page that asks: it is where WeChat will lead back to.
            let enter = move || spawn_local(self.enter(Arrival::nothing()));
            set_timeout(enter, Duration::ZERO);
        }
    }

    /// Whether it is time to ask the proxy again: the session has ended, or long ago was the last time.
    pub(super) fn is_stale(self, now: u64) -> bool {
        let ends_at = self.known_session().map_or(u64::MAX, |it| it.expires_at);
        now / 1000 >= ends_at || now.abs_diff(self.checked_at.get_value()) >= TRUST_MS
    }

    /// Whether this page is on its way to WeChat.
    pub(super) fn is_leaving(self) -> bool {
        let is_leaving = |state: &AuthState| matches!(state, AuthState::Redirecting(_));
        self.state.with_untracked(is_leaving)
    }

    /// Asks the proxy who is signed in, for a page that was kept alive while the user was elsewhere.
    ///
    /// No answer changes nothing for somebody who was signed in: the page stays usable offline. Nor does any answer
    /// once the user has tapped on something that leads to WeChat.
    pub(super) async fn check_again(self) {
        if self.bootstrap.with_value(Option::is_none) {
            return self.start(Arrival::nothing()).await;
        }
        let was_leaving = self.is_leaving();
        // A guest who is offered a button is none the worse for a night's sleep.
        let is_guest = matches!(self.state.get_untracked(), AuthState::Guest(_));
        let answer = api::session().await;
        if self.is_leaving() && !was_leaving {
            return;
        }
        match (answer, self.known_session()) {
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
            (Err(_), _) if is_guest => {}
            (Err(failure), _) if failure.code() == Some(ErrorCode::Unauthorized) => {
                browser::reload();
            }
            (Err(_), Some(session)) => self.show(session),
            (Err(failure), None) => self.state.set(AuthState::Failed(Trouble::Api(failure))),
        }
    }

    /// Leaves for WeChat, to come back to this page.
    pub(super) fn depart(self, departure: Departure) {
        let Departure { reason, leave, .. } = departure;
        let url = self
            .bootstrap
            .with_value(|bootstrap| self.departure_url(bootstrap.as_ref()?, departure));
        let Some(url) = url else {
            return self.state.set(AuthState::Failed(Trouble::UnknownAccount));
        };
        self.state.set(AuthState::Redirecting(reason));
        browser::go(&url, leave);
    }

    /// Remembers a new login and says where it goes; `None` if the proxy serves no such account.
    fn departure_url(self, bootstrap: &Bootstrap, departure: Departure) -> Option<String> {
        let address = browser::address();
        let local = address.local();
        let return_to = departure.return_to.as_deref().unwrap_or(&local);
        let account = departure.account;
        let account = account
            .or_else(|| chosen_account(return_to).map(str::to_owned))
            .unwrap_or_else(|| self.account(bootstrap));
        let info = bootstrap.accounts.get(&account)?;
        let (base, appid) = match departure.scope {
            Scope::Base | Scope::Userinfo => (&bootstrap.authorize_url_base, &info.appid),
            Scope::Login => (&bootstrap.qrconnect_url_base, info.website_appid.as_ref()?),
        };
        let new = NewLogin {
            account: &account,
            scope: departure.scope,
            return_to,
            attempt: departure.attempt,
        };
        let login = PendingLogin::begin(&new, browser::now(), &mut browser::random);
        browser::save_pending(&login);
        Some(authorize_url(&AuthorizeRequest {
            base,
            appid,
            // The record brings query and fragment back exactly. Where it is lost, the query still names the account.
            redirect_uri: &callback::redirect_uri(&address.origin, &local),
            scope: departure.scope,
            state: &login.state,
        }))
    }

    async fn exchange(self, mut login: PendingLogin) {
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

    async fn send_code(self, login: &PendingLogin) -> Result<Session, Failure> {
        // Bound before the code leaves this page, so that a second load of the same callback repeats this request, and
        // kept after a failure, so that one with a second code knows whose it is.
        browser::save_pending(login);
        let outcome = api::create_session(&ExchangeRequest {
            account: login.account.clone(),
            code: login.code.clone().unwrap_or_default(),
            verifier: login.verifier.clone(),
            website: login.scope == Scope::Login,
        })
        .await;
        if outcome.is_ok() {
            browser::remove_pending(&login.state);
        }
        outcome
    }

    /// See [`after_failure`].
    async fn recover(self, failure: Failure, login: &PendingLogin, session: Option<Session>) {
        let is_spent = matches!(
            failure.code(),
            Some(ErrorCode::CodeExpired | ErrorCode::CodeUsed)
        );
        let mut session = session;
        if is_spent && let Ok(newer) = api::session().await {
            // Another load of this page may have exchanged the code meanwhile.
            session = Some(newer).filter(|it| it.account == login.account);
        }
        match (
            after_failure(is_spent, login.scope, login.attempt(), session.is_some()),
            session,
        ) {
            (Recovery::Stay { with_notice }, Some(session)) => {
                if with_notice {
                    self.notice.set(Some(Notice::ProfileFailed(Some(failure))));
                }
                self.show(session);
            }
            (Recovery::Restart { attempt }, _) => self.depart(Departure {
                account: Some(login.account.clone()),
                ..Departure::automatic(attempt)
            }),
            _ => self.state.set(AuthState::Failed(Trouble::Api(failure))),
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

    /// Who is here under the page's account. A session of another one is kept, but says nothing about this one.
    pub(super) fn known_session(self) -> Option<Session> {
        self.bootstrap.with_value(|bootstrap| {
            let bootstrap = bootstrap.as_ref()?;
            let session = bootstrap.session.clone()?;
            (session.account == self.account(bootstrap)).then_some(session)
        })
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
