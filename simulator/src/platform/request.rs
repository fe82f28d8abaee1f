//! What an app asks for, and the QR codes on computers that wait to be scanned and confirmed with a phone.

use std::collections::HashMap;
use std::time::Duration;

use serde::Serialize;

use crate::redirect::RedirectTarget;

use super::GrantedScope;

/// An authorize request that passed every check.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AuthorizeRequest {
    /// Who asks.
    pub(crate) appid: String,
    /// The name of who asks.
    pub(crate) title: String,
    /// Where the answer goes.
    #[serde(skip)]
    pub(crate) target: RedirectTarget,
    /// What is asked for.
    #[serde(skip)]
    pub(crate) scope: GrantedScope,
    /// Returned unchanged; empty if none was sent, which WeChat's documentation allows.
    pub(crate) state: String,
    /// `forcePopup=true`: consent is asked for although it was given recently.
    pub(crate) force_popup: bool,
    /// `forceSnapShot=true`: the app opens as a snapshot.
    pub(crate) force_snapshot: bool,
    /// The parameters are not in WeChat's order, which phones are reported to tolerate.
    pub(crate) out_of_order: bool,
    /// The query as it came.
    pub(crate) raw_query: String,
    /// A HEAD: the address gets a code that was never issued, so that none is issued unseen.
    pub(crate) looks_only: bool,
}

/// One QR code on somebody's screen.
pub(crate) struct Scan {
    /// What the website asked for.
    pub(super) request: AuthorizeRequest,
    /// How far it has come.
    pub(crate) state: ScanState,
    /// Where the computer goes, once it is decided.
    pub(crate) location: Option<String>,
    pub(super) expires_at: Duration,
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

impl Scan {
    /// What is asked for, as long as nobody has decided.
    pub(crate) fn undecided(&self) -> Option<AuthorizeRequest> {
        let is_open = matches!(self.state, ScanState::Waiting | ScanState::Scanned);
        is_open.then(|| self.request.clone())
    }

    pub(super) fn decide(&mut self, state: ScanState, location: Option<String>) -> Option<()> {
        (self.state, self.location) = (state, location);
        Some(())
    }
}
