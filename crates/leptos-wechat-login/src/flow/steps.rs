//! The steps between the states: entering a page, going to WeChat, exchanging what comes back.

use api_types::{ErrorCode, ExchangeRequest, Scope, Session};
use login_decision::Buffer;
use login_decision::callback::Callback;
use login_decision::chosen_account::chosen_account;
use login_decision::client::can_authorize;
use login_decision::entry::{Entry, Facts, Visitor, decide, to_exchange};
use login_decision::public_page::{MOVED_KEY, elsewhere, moved_at};
use wechat_oauth::{AuthorizeRequest, authorize_url};

use super::departure::{Departure, redirect_uri};
use super::machine::{Arrival, Flow, SIGNED_OUT};
use super::pending_login::{
    self, NewLogin, PendingLogin, RANDOM_BYTES, SECRETS_LENGTH, draw_secrets,
};
use super::recovery::{Recovery, after_failure};
use super::{Api, AuthState, Browser, Failure, GuestReason, Leave, Notice, Storage, Trouble};

impl<B: Browser, A: Api> Flow<B, A> {
    /// Takes what the address brought to a state, once the proxy has answered.
    pub(super) async fn enter(&self, arrival: Arrival) {
        let Arrival { callback, pending } = arrival;
        let require_wechat = self.bootstrap(|it| it.require_wechat) == Some(true);
        let session = self.known_session();
        if let Callback::Refused { state } = &callback {
            pending_login::remove(&self.browser, state);
            // Nobody was asked who has no record of it.
            if pending.as_ref().map(|login| login.scope) == Some(Scope::Userinfo) {
                self.notify(Notice::ProfileRefused);
            }
        }
        let now = self.browser.now();
        let there = self.elsewhere(now);
        let facts = Facts {
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
            can_authorize: !require_wechat || can_authorize(&self.browser.user_agent()),
            is_elsewhere: there.is_some(),
            now,
        };
        match decide(&facts) {
            Entry::Move => {
                self.remember_move(moved_at(now).as_ref());
                // Nothing else, until the other page comes.
                self.browser
                    .go(&there.unwrap_or_default(), Leave::Replacing);
            }
            Entry::Exchange => {
                if let Some(mut login) = facts.pending
                    && to_exchange(facts.callback, Some(&mut login), now)
                {
                    self.exchange(login).await;
                }
            }
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

    /// The address under `public_url` where this page has to be opened, if it is not there. Not where nobody remembers that
    /// it went there: if somebody there sends people back, it would go for ever.
    fn elsewhere(&self, now: u64) -> Option<String> {
        let address = self.browser.address();
        let local = address.local();
        let moved_at = self.browser.stored(Storage::Tab, MOVED_KEY);
        let moved_at = moved_at.unwrap_or_default();
        let there = self.bootstrap(|it| {
            let (origin, path) =
                elsewhere(&it.public_url, &address.origin, &local, &moved_at, now)?;
            Some([origin, path, &local].concat())
        })?;
        there.filter(|_| self.remember_move("0"))
    }

    /// Says whether it is remembered.
    fn remember_move(&self, moved_at: &str) -> bool {
        self.browser.store(Storage::Tab, MOVED_KEY, Some(moved_at));
        self.browser.stored(Storage::Tab, MOVED_KEY).is_some()
    }

    /// Leaves for WeChat, to come back to this page.
    pub(super) fn depart(&self, departure: Departure) {
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
        let local = self.browser.address().local();
        let return_to = departure.return_to.as_deref().unwrap_or(&local);
        let account = departure.account;
        let account = account
            .or_else(|| chosen_account(return_to).map(str::to_owned))
            .or_else(|| self.with(|it| it.account()))?;
        let (base, appid, redirect_uri) = self.bootstrap(|it| {
            let info = it.accounts.get(&account)?;
            let (base, appid) = match departure.scope {
                Scope::Base | Scope::Userinfo => {
                    (it.authorize_url_base.clone(), info.appid.clone())
                }
                Scope::Login => (it.qrconnect_url_base.clone(), info.website_appid.clone()?),
            };
            // The record brings query and fragment back exactly. Where it is lost, the query still names the account.
            Some((base, appid, redirect_uri(&it.public_url, &local)))
        })??;
        let new = NewLogin {
            account: &account,
            scope: departure.scope,
            return_to,
        };
        let mut random = [0; RANDOM_BYTES];
        let secrets = loop {
            self.browser.random(&mut random);
            let mut secrets = Buffer::new([0; SECRETS_LENGTH]);
            let now = self.browser.now();
            if draw_secrets(departure.attempt, now, &random, &mut secrets).is_some() {
                break secrets;
            }
        };
        let login = new.pending(secrets.as_ref());
        pending_login::save(&self.browser, &login);
        Some(authorize_url(&AuthorizeRequest {
            base: &base,
            appid: &appid,
            redirect_uri: &redirect_uri,
            scope: departure.scope,
            state: login.state,
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
            application: None,
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
    pub(super) fn show(&self, session: Session) {
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
}
