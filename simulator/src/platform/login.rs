//! Website applications: a QR code on a computer, scanned and confirmed with a phone.

use std::collections::HashMap;
use std::time::Duration;

use crate::raw_query::RawQuery;

use super::codes::Grant;
use super::{
    AccountKind, AuthorizeRefusal, AuthorizeRequest, GrantedScope, Person, Platform,
    RefusalBehaviour,
};

/// How long a QR code can be scanned. Our guess: as long as its code would live.
const SCAN_LIFETIME: Duration = Duration::from_secs(600);

/// One QR code on somebody's screen.
pub(crate) struct Scan {
    /// What the website asked for.
    pub(crate) request: AuthorizeRequest,
    /// How far it has come.
    pub(crate) state: ScanState,
    shown_at: Duration,
}

/// How far a QR code has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ScanState {
    /// Nobody has scanned it yet.
    Waiting,
    /// Somebody has opened the page behind it.
    Scanned,
    /// Confirmed: the computer goes there.
    Confirmed {
        /// The website's address with a code.
        location: String,
    },
    /// Cancelled: the computer goes there if there is an address, else it stays.
    Cancelled {
        /// The website's address with the state only.
        location: Option<String>,
    },
}

/// All QR codes that have not expired.
pub(crate) type Scans = HashMap<String, Scan>;

impl Platform {
    /// Checks what a website asks for.
    ///
    /// # Errors
    /// The first refusal, in the order of the authorize page. No limit of `state` is known for this page.
    pub(crate) fn check_login(
        &self,
        query: &RawQuery,
    ) -> Result<AuthorizeRequest, AuthorizeRefusal> {
        let appid = query.get("appid").ok_or(AuthorizeRefusal::MissingAppid)?;
        let redirect_uri = query
            .get("redirect_uri")
            .ok_or(AuthorizeRefusal::MissingRedirectUri)?;
        let scope = query.get("scope").ok_or(AuthorizeRefusal::MissingScope)?;
        let account = self
            .account(appid)
            .filter(|account| account.kind == AccountKind::Website)
            .ok_or_else(|| AuthorizeRefusal::UnknownAppid {
                given: appid.to_owned(),
                is_website: false,
            })?;
        if account.banned {
            return Err(AuthorizeRefusal::Banned);
        }
        let scope = account.granted(scope)?;
        let response_type = query.get("response_type").unwrap_or_default();
        if response_type != "code" {
            let given = response_type.to_owned();
            return Err(AuthorizeRefusal::WrongResponseType { given });
        }
        Ok(AuthorizeRequest {
            appid: account.appid.clone(),
            title: account.title.clone(),
            target: self.permitted_target(account, redirect_uri)?,
            scope,
            state: query.get("state").unwrap_or_default().to_owned(),
            force_popup: false,
            force_snapshot: false,
            out_of_order: false,
        })
    }

    /// Puts a QR code on the screen; the ticket in it cannot be guessed.
    pub(crate) fn show_scan(&mut self, request: AuthorizeRequest) -> String {
        let now = self.clock.now();
        self.forget_old_scans();
        let ticket = self.random.code();
        let scan = Scan {
            request,
            state: ScanState::Waiting,
            shown_at: now,
        };
        self.scans.insert(ticket.clone(), scan);
        ticket
    }

    /// A QR code that has not expired.
    pub(crate) fn scan(&mut self, ticket: &str) -> Option<&mut Scan> {
        self.forget_old_scans();
        self.scans.get_mut(ticket)
    }

    /// 确认登录: the computer gets a code. `None`: the QR code has expired or was decided already.
    pub(crate) fn confirm_scan(&mut self, ticket: &str, person: &Person) -> Option<()> {
        let request = self.undecided(ticket)?;
        let code = self.issue(Grant::real(&request.appid, &person.id, GrantedScope::Login));
        let location = request.target.granted(&code, &request.state);
        self.scan(ticket)?.state = ScanState::Confirmed { location };
        Some(())
    }

    /// 取消. WeChat's current page on website applications says that nothing is redirected then, older ones that the
    /// state is; the setting for refusals decides.
    pub(crate) fn cancel_scan(&mut self, ticket: &str) -> Option<()> {
        let request = self.undecided(ticket)?;
        let location = match self.settings.refusal {
            RefusalBehaviour::RedirectWithState => Some(request.target.refused(&request.state)),
            RefusalBehaviour::GoBack | RefusalBehaviour::Blank => None,
        };
        self.scan(ticket)?.state = ScanState::Cancelled { location };
        Some(())
    }

    fn undecided(&mut self, ticket: &str) -> Option<AuthorizeRequest> {
        let scan = self.scan(ticket)?;
        let open = matches!(scan.state, ScanState::Waiting | ScanState::Scanned);
        open.then(|| scan.request.clone())
    }

    fn forget_old_scans(&mut self) {
        let now = self.clock.now();
        self.scans
            .retain(|_, scan| now.saturating_sub(scan.shown_at) < SCAN_LIFETIME);
    }
}
