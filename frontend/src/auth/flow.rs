//! The steps between the states: asking the proxy, going to WeChat, exchanging what comes back.

use api_types::{Bootstrap, ErrorCode, ExchangeRequest, Scope, Session};
use leptos::prelude::*;

use super::{Arrival, Auth, AuthState, GuestReason, Notice, Trouble};
use crate::api::{self, Failure};
use crate::browser::{self, Leave};
use crate::wechat::authorize_url::{AuthorizeRequest, authorize_url};
use crate::wechat::callback::Callback;
use crate::wechat::client::is_wechat;
use crate::wechat::entry::{Entry, Facts, decide};
use crate::wechat::pending_login::{AUTOMATIC_ATTEMPTS, NewLogin, PendingLogin, attempt_of};

impl Auth {
    /// Takes a page load to a state.
    pub(super) async fn start(self, arrival: Arrival) {
        let now = browser::now();
        browser::sweep_pending(now);
        let bootstrap = match api::bootstrap().await {
            Ok(bootstrap) => bootstrap,
            Err(failure) => return self.state.set(AuthState::Failed(Trouble::Api(failure))),
        };
        let session = bootstrap.session.clone();
        let can_authorize = !bootstrap.require_wechat || is_wechat(&browser::user_agent());
        self.bootstrap.set_value(Some(bootstrap));

        if let Callback::Refused { state } = &arrival.callback {
            browser::remove_pending(state);
            if session.is_some() {
                self.notice.set(Some(Notice::ProfileRefused));
            }
        }
        let entry = decide(Facts {
            has_session: session.is_some(),
            signed_out: browser::is_signed_out(),
            callback: arrival.callback,
            pending: arrival.pending,
            can_authorize,
            now,
        });
        match (entry, session) {
            (Entry::Exchange(login), session) => self.exchange(login, session).await,
            (Entry::Begin { attempt }, _) => self.begin(Scope::Base, attempt, Leave::Replacing),
            (Entry::SignedIn, Some(session)) => self.state.set(AuthState::SignedIn(session)),
            (Entry::Refused, _) => {
                // Nothing restarts without a tap, not on reload either.
                browser::set_signed_out(true);
                self.state.set(AuthState::Guest(GuestReason::Refused));
            }
            (Entry::Guest | Entry::SignedIn, _) => {
                self.state.set(AuthState::Guest(GuestReason::SignedOut))
            }
            (Entry::OpenInWechat, _) => {
                self.state.set(AuthState::Guest(GuestReason::OutsideWechat))
            }
            (Entry::GaveUp, _) => self.state.set(AuthState::Failed(Trouble::ForgetfulBrowser)),
        }
    }

    /// Asks the proxy who is signed in, for a page that was kept alive while the user was elsewhere.
    ///
    /// No answer changes nothing for somebody who was signed in: the page stays usable offline.
    pub(super) async fn check_again(self) {
        match (api::session().await, self.known_session()) {
            (Ok(session), _) => self.show(session),
            (Err(failure), _) if failure.code() == Some(ErrorCode::Unauthorized) => {
                browser::reload()
            }
            (Err(_), Some(session)) => self.show(session),
            (Err(failure), None) => self.state.set(AuthState::Failed(Trouble::Api(failure))),
        }
    }

    /// Leaves for WeChat's authorize page, to come back to this one.
    pub(super) fn begin(self, scope: Scope, attempt: u8, leave: Leave) {
        let url = self.bootstrap.with_value(|bootstrap| {
            let bootstrap = bootstrap.as_ref()?;
            let session = bootstrap.session.as_ref();
            let account = session.map_or(&bootstrap.default_account, |session| &session.account);
            authorize(bootstrap, account, scope, attempt)
        });
        let Some(url) = url else {
            return self.state.set(AuthState::Failed(Trouble::UnknownAccount));
        };
        self.state.set(AuthState::Redirecting);
        browser::go(&url, leave);
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
        match outcome {
            Ok(session) => {
                browser::set_signed_out(false);
                // The user agreed, but WeChat did not tell: the proxy signs in without.
                if login.scope == Scope::Userinfo && session.profile.is_none() && !session.snapshot
                {
                    self.notice.set(Some(Notice::ProfileFailed(None)));
                }
                self.show(session);
            }
            Err(failure) => {
                self.recover(failure, attempt_of(&login.state), session)
                    .await
            }
        }
    }

    /// A failed exchange never ends a session, and a spent code is worth one more silent try.
    async fn recover(self, failure: Failure, attempt: u8, session: Option<Session>) {
        let spent = matches!(
            failure.code(),
            Some(ErrorCode::CodeExpired | ErrorCode::CodeUsed)
        );
        if spent && let Ok(session) = api::session().await {
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
                self.begin(Scope::Base, attempt + 1, Leave::Replacing);
            }
            None => self.state.set(AuthState::Failed(Trouble::Api(failure))),
        }
    }

    /// Somebody is signed in.
    fn show(self, session: Session) {
        self.remember_session(Some(session.clone()));
        self.state.set(AuthState::SignedIn(session));
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

/// Remembers a new login and says where it goes; `None` if the proxy serves no such account.
fn authorize(bootstrap: &Bootstrap, account: &str, scope: Scope, attempt: u8) -> Option<String> {
    let info = bootstrap.accounts.get(account)?;
    let address = browser::address();
    let new = NewLogin {
        account,
        scope,
        return_to: &address.local(),
        attempt,
    };
    let login = PendingLogin::begin(&new, browser::now(), &mut browser::random);
    browser::save_pending(&login);
    Some(authorize_url(&AuthorizeRequest {
        base: &bootstrap.authorize_url_base,
        appid: &info.appid,
        // Path only: query and fragment come back from the record, whatever happens to them at WeChat.
        redirect_uri: &format!("{}{}", address.origin, address.path),
        scope,
        state: &login.state,
    }))
}
