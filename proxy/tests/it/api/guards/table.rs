//! Every operation with what can refuse it, in the order in which that is asked.

use Guard::*;

/// What can refuse a request. The order is that of the table's rows, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Guard {
    /// The path has dots.
    DottedPath,
    /// The path is not for this method.
    Method,
    /// A page of another site asks.
    CrossSite,
    /// There is no service key.
    ServiceKey,
    /// Nobody is signed in.
    Session,
    /// Somebody is, as a guest of snapshot mode.
    Guest,
    /// The path names no account.
    Account,
    /// The path names no openid.
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
pub(super) struct Operation {
    /// As the description calls it.
    pub(super) id: &'static str,
    /// What is asked after the path and the method, which everything begins with.
    pub(super) own: &'static [Guard],
    /// Refusals of the work itself.
    pub(super) of_work: &'static [u16],
}

impl Operation {
    /// Everything that can refuse it, in order.
    pub(super) fn guards(&self) -> Vec<Guard> {
        [&[DottedPath, Method], self.own].concat()
    }

    pub(super) fn has(&self, guard: Guard) -> bool {
        self.own.contains(&guard)
    }
}

const fn operation(id: &'static str, own: &'static [Guard], of_work: &'static [u16]) -> Operation {
    Operation { id, own, of_work }
}

pub(super) static OPERATIONS: [Operation; 24] = [
    operation(
        "sign_in",
        &[
            CrossSite,
            ContentType,
            TooLong,
            TooSlow,
            Malformed,
            Senseless,
            LoginsOfClient,
        ],
        &[409, 410],
    ),
    operation("sign_out", &[CrossSite], &[]),
    operation("get_session", &[Session], &[]),
    operation(
        "post_report",
        &[CrossSite, TooLong, TooSlow, Malformed, Senseless],
        &[],
    ),
    operation("list_records", &[Session, Query], &[]),
    operation("get_record", &[Session, Name], &[404]),
    operation(
        "put_record",
        &[
            CrossSite,
            Session,
            Guest,
            Name,
            KindOfBackends,
            ContentType,
            TooLong,
            TooSlow,
            Malformed,
            Precondition,
            WritesOfUser,
            Unmet,
        ],
        &[],
    ),
    operation(
        "delete_record",
        &[
            CrossSite,
            Session,
            Guest,
            Name,
            KindOfBackends,
            Precondition,
            WritesOfUser,
            Unmet,
        ],
        &[404],
    ),
    operation("service_get_user", &[ServiceKey, Account, Openid], &[]),
    operation(
        "service_put_user",
        &[
            ServiceKey,
            Account,
            Openid,
            ContentType,
            TooLong,
            TooSlow,
            Malformed,
            Senseless,
        ],
        &[],
    ),
    operation("service_erase_user", &[ServiceKey, Account, Openid], &[]),
    operation(
        "service_list_records",
        &[ServiceKey, Account, Openid, Query],
        &[],
    ),
    operation(
        "service_get_record",
        &[ServiceKey, Account, Openid, Name],
        &[],
    ),
    operation(
        "service_put_record",
        &[
            ServiceKey,
            Account,
            Openid,
            Name,
            ContentType,
            TooLong,
            TooSlow,
            Malformed,
            Precondition,
            Unmet,
        ],
        &[],
    ),
    operation(
        "service_delete_record",
        &[ServiceKey, Account, Openid, Name, Precondition, Unmet],
        &[],
    ),
    operation("authenticate", &[Session], &[]),
    operation("authenticate_head", &[Session], &[]),
    operation("get_qr_code", &[Query], &[]),
    operation("get_bootstrap", &[], &[]),
    operation("get_openapi", &[], &[]),
    operation("get_health", &[], &[]),
    operation("head_health", &[], &[]),
    operation("get_readiness", &[], &[]),
    operation("head_readiness", &[], &[]),
];
