//! The states of the login, and what can go wrong.
//!
//! ```text
//! Loading ──▶ SignedIn ◀───────────────┐
//!    │            │ request_profile()   │ exchange succeeded
//!    ├──▶ Redirecting ──▶ (WeChat) ──▶ Loading of the next page load
//!    ├──▶ Guest ──sign_in()──▶ Redirecting
//!    └──▶ Failed ──retry()──▶ the page loads anew
//! ```

use std::error::Error;
use std::fmt;

use api_types::{ApiError, ErrorCode, Session};

/// The state of the login; pages match on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthState {
    /// Not known yet.
    Loading,
    /// On the way to WeChat; this page is about to disappear. With what the user is asked for there, and why.
    Redirecting(Option<&'static str>),
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
    /// No page has asked yet.
    NotNeeded,
    /// The user declined on WeChat's page.
    Refused,
    /// The user signed out here.
    SignedOut,
    /// The session has ended while the page was open.
    SessionEnded,
    /// WeChat shows this page as a snapshot, with a virtual user.
    Snapshot,
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
    /// The browser went to WeChat several times, and no answer to any of these logins came back.
    Unanswered,
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

/// Why a request brought nothing to work with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The proxy answered with its error envelope.
    Refused(ApiError),
    /// Something else answered, a gateway's error page perhaps; with its HTTP status.
    Garbled(u16),
    /// Nothing answered.
    Unreachable,
}

impl Failure {
    /// The proxy's reason, if it was the proxy that answered.
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Refused(error) => Some(error.code),
            Self::Garbled(_) | Self::Unreachable => None,
        }
    }
}

/// For logs and developers; what users are told is [`Auth::explain`](crate::Auth::explain).
impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => formatter.write_str(error.code.as_str()),
            Self::Garbled(status) => write!(formatter, "a gateway's {status}"),
            Self::Unreachable => formatter.write_str("no answer"),
        }
    }
}

impl Error for Failure {}
