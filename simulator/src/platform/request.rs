//! Website applications: a QR code on a computer, scanned and confirmed with a phone.

use std::collections::HashMap;
use std::time::Duration;

use serde::Serialize;

use crate::wechat::SCAN_LIFETIME;

use super::grants::Grant;
use super::{AuthorizeRequest, GrantedScope, Person, Platform, RefusalBehaviour, random};

/// One QR code on somebody's screen.
pub(crate) struct Scan {
    /// What the website asked for.
    request: AuthorizeRequest,
    /// How far it has come.
    pub(crate) state: ScanState,
    /// Where the computer goes, once it is decided.
    pub(crate) location: Option<String>,
    expires_at: Duration,
}

/// How far a QR code has come.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ScanState {
    /// Nobody has scanned it yet.
    Waiting,
    /// Somebody has opened the page behind it.
    Scanned,
    /// The computer goes to the website with a code.
    Confirmed,
    /// The computer goes to the website with the state only, or stays.
    Cancelled,
    /// Nobody can scan it any more.
    Expired,
}

/// All QR codes that have not expired.
pub(crate) type Scans = HashMap<String, Scan>;

impl Platform {
    /// Puts a QR code on the screen; the ticket in it cannot be guessed.
    pub(crate) fn show_scan(&mut self, request: AuthorizeRequest) -> String {
        let ticket = random::code();
        let scan = Scan {
            request,
            state: ScanState::Waiting,
            location: None,
            expires_at: self.now().saturating_add(SCAN_LIFETIME),
        };
        self.scans.insert(ticket.clone(), scan);
        ticket
    }

    /// A QR code that has not expired.
    pub(crate) fn scan(&mut self, ticket: &str) -> Option<&mut Scan> {
        let now = self.now();
        self.scans.retain(|_, scan| now < scan.expires_at);
        self.scans.get_mut(ticket)
    }

    /// 确认登录: the computer gets a code. `None`: the QR code has expired or was decided already.
    pub(crate) fn confirm_scan(&mut self, ticket: &str, person: &Person) -> Option<()> {
        let request = self.scan(ticket)?.undecided()?;
        let code = self.issue(Grant::real(&request.appid, &person.id, GrantedScope::Login));
        let location = request.target.granted(&code, &request.state);
        self.scan(ticket)?
            .decide(ScanState::Confirmed, Some(location))
    }

    /// 取消. WeChat's current page on website applications says that nothing is redirected then, older ones that the
    /// state is; the setting for refusals decides.
    pub(crate) fn cancel_scan(&mut self, ticket: &str) -> Option<()> {
        let redirects = self.settings.refusal == RefusalBehaviour::RedirectWithState;
        let scan = self.scan(ticket)?;
        let request = scan.undecided()?;
        let location = redirects.then(|| request.target.refused(&request.state));
        scan.decide(ScanState::Cancelled, location)
    }
}

impl Scan {
    /// What is asked for, as long as nobody has decided.
    pub(crate) fn undecided(&self) -> Option<AuthorizeRequest> {
        let is_open = matches!(self.state, ScanState::Waiting | ScanState::Scanned);
        is_open.then(|| self.request.clone())
    }

    fn decide(&mut self, state: ScanState, location: Option<String>) -> Option<()> {
        (self.state, self.location) = (state, location);
        Some(())
    }
}
