//! Every operation with what can refuse it, in the order in which that is asked.

use std::sync::LazyLock;

use Guard::*;
use serde::Deserialize;

/// What can refuse a request. The order is that of the table's rows, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(super) enum Guard {
    /// The path has dots.
    DottedPath,
    /// A page of another site asks.
    CrossSite,
    /// There is no service key.
    ServiceKey,
    /// The path is not for this method.
    Method,
    /// Nobody is signed in.
    Session,
    /// Somebody is, as a guest of snapshot mode.
    Guest,
    /// The path names no account, or no platform.
    Account,
    /// The path names no openid, or no unionid.
    Openid,
    /// The path names no record.
    Name,
    /// The query is malformed.
    Query,
    /// Only backends write records of this kind.
    KindOfBackends,
    /// The body is not declared as JSON.
    ContentType,
    /// The body is too long.
    TooLong,
    /// The body stops.
    TooSlow,
    /// The body is no JSON.
    Malformed,
    /// The body is an object that makes no sense.
    Senseless,
    /// `If-Match` is malformed.
    Precondition,
    /// The client has tried too many logins.
    LoginsOfClient,
    /// The user has written too many records.
    WritesOfUser,
    /// The record is not as `If-Match` says: the store's own word, and the last.
    Unmet,
}

impl Guard {
    pub(super) fn status(self) -> u16 {
        match self {
            DottedPath | Account => 404,
            Method => 405,
            CrossSite | Guest | KindOfBackends => 403,
            ServiceKey | Session => 401,
            Openid | Name | Query | Malformed | Senseless | Precondition => 400,
            ContentType => 415,
            TooLong => 413,
            TooSlow => 408,
            LoginsOfClient | WritesOfUser => 429,
            Unmet => 412,
        }
    }

    /// Whether nothing is counted yet of what it refuses.
    pub(super) fn is_before_counters(self) -> bool {
        self < LoginsOfClient
    }

    /// Whether requests that pass are counted.
    pub(super) fn is_counter(self) -> bool {
        matches!(self, LoginsOfClient | WritesOfUser)
    }
}

/// One operation.
#[derive(Deserialize)]
pub(super) struct Operation {
    /// As the description calls it.
    pub(super) id: String,
    /// What is asked besides the path and the method, which are asked about everywhere.
    pub(super) own: Vec<Guard>,
    /// Refusals of the work itself.
    #[serde(default)]
    pub(super) of_work: Vec<u16>,
}

impl Operation {
    /// Everything that can refuse it, in order: the scopes ask about another site and the key before there is a route.
    pub(super) fn guards(&self) -> Vec<Guard> {
        let mut all = [&[DottedPath, Method], &self.own[..]].concat();
        all.sort_unstable();
        all
    }

    pub(super) fn has(&self, guard: Guard) -> bool {
        self.own.contains(&guard)
    }
}

/// All of them.
pub(super) static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let mut file: toml::Table = toml::from_str(include_str!("operations.toml")).unwrap();
    file.remove("operation").unwrap().try_into().unwrap()
});
