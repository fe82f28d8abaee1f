//! Scans: a computer waits, a phone decides.

use crate::Owner;

/// A computer that waits for a phone to sign it in.
///
/// Its secrets are here as hashes, each in a form that has nothing but ASCII letters and digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// Hash of what the QR code says.
    pub id: String,
    /// Hash of the computer's cookie.
    pub browser: String,
    /// Hash of what the computer's page knows.
    pub page: String,
    /// Hash of the code which that page is given in the end.
    pub code: String,
    /// The configured name of the official account.
    pub account: String,
    /// Where the computer goes on.
    pub redirect_uri: String,
    /// The `state` of its login.
    pub login_state: String,
    /// Two digits that both screens show.
    pub number: String,
    /// Which browser on which system has asked.
    pub client: String,
    /// How far it is.
    pub state: ScanState,
    /// Whose phone it is, as soon as one has come.
    pub owner: Option<Owner>,
    /// In milliseconds since 1970-01-01 UTC.
    pub created_at: u64,
    /// From when on it is over, in milliseconds since 1970-01-01 UTC.
    pub ends_at: u64,
}

/// How far a scan is. It only ever goes on, to a greater one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScanState {
    /// No phone has come.
    Waiting,
    /// One has, and asks its user.
    Seen,
    /// The user wants the computer to be signed in.
    Allowed,
    /// The user does not.
    Refused,
    /// The computer has taken its code to us.
    Redeemed,
}

impl ScanState {
    pub(crate) const ALL: [Self; 5] = [
        Self::Waiting,
        Self::Seen,
        Self::Allowed,
        Self::Refused,
        Self::Redeemed,
    ];

    /// As the database and the computer's page have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Seen => "seen",
            Self::Allowed => "allowed",
            Self::Refused => "refused",
            Self::Redeemed => "redeemed",
        }
    }
}

/// What happens to a scan that is not over.
#[derive(Debug, Clone, Copy)]
pub enum ScanStep<'a> {
    /// This user's phone has come: the first one, or that one again.
    Claim {
        /// [`Scan::id`].
        id: &'a str,
        /// Who is known already.
        owner: &'a Owner,
    },
    /// The user of the phone that came decides, once.
    Decide {
        /// [`Scan::id`].
        id: &'a str,
        /// The same as before.
        owner: &'a Owner,
        /// The decision.
        is_allowed: bool,
        /// The new [`Scan::ends_at`].
        ends_at: u64,
    },
    /// The computer takes its code to us: the first time, or with the same verifier again.
    Redeem {
        /// [`Scan::code`].
        code: &'a str,
        /// [`Scan::browser`].
        browser: &'a str,
        /// Hash of the verifier.
        verifier: &'a str,
    },
}
