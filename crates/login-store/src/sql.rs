//! The statements. Every database of ours understands the same text: no types, functions or operators of one engine.

use crate::{ScanState, ScanStep};

/// A platform changes only together with the unionid it labels: a unionid from before an account moved to another
/// platform must not be taken for one of the new platform.
pub(crate) const UPSERT_IDENTITY: &str = "
INSERT INTO identity
    (appid, openid, platform, unionid, scope, nickname, headimgurl, first_seen, last_seen)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
ON CONFLICT (appid, openid) DO UPDATE SET
    platform = CASE WHEN excluded.unionid IS NOT NULL OR identity.unionid IS NULL
                    THEN excluded.platform ELSE identity.platform END,
    unionid = COALESCE(excluded.unionid, identity.unionid),
    scope = CASE WHEN identity.scope = 'snsapi_userinfo' THEN identity.scope ELSE excluded.scope END,
    nickname = COALESCE(excluded.nickname, identity.nickname),
    headimgurl = COALESCE(excluded.headimgurl, identity.headimgurl),
    last_seen = CASE WHEN excluded.last_seen > identity.last_seen
                     THEN excluded.last_seen ELSE identity.last_seen END
RETURNING appid, openid, platform, unionid, scope, nickname, headimgurl, first_seen, last_seen";

/// The same for so many logins.
pub(crate) fn upsert_identities(count: usize) -> String {
    let of = |login: usize| {
        let value = |number| format!("${}", login.saturating_mul(8).saturating_add(number));
        let values = [1, 2, 3, 4, 5, 6, 7, 8, 8].map(value);
        format!("({})", values.join(", "))
    };
    let logins: Vec<String> = (0..count).map(of).collect();
    UPSERT_IDENTITY.replace(&of(0), &logins.join(", "))
}

/// As a silent login, except that it is none: the times stay.
pub(crate) const NOTE_IDENTITY: &str = "
INSERT INTO identity (appid, openid, platform, unionid, scope, first_seen, last_seen)
VALUES ($1, $2, $3, $4, 'snsapi_base', $5, $5)
ON CONFLICT (appid, openid) DO UPDATE SET
    platform = CASE WHEN excluded.unionid IS NOT NULL OR identity.unionid IS NULL
                    THEN excluded.platform ELSE identity.platform END,
    unionid = COALESCE(excluded.unionid, identity.unionid)
RETURNING appid, openid, platform, unionid, scope, nickname, headimgurl, first_seen, last_seen";

pub(crate) const LEARN_UNIONID: &str = "
UPDATE identity SET platform = $3, unionid = $4
WHERE appid = $1 AND openid = $2 AND unionid IS NULL
RETURNING openid";

pub(crate) const FIND_IDENTITY: &str = "
SELECT appid, openid, platform, unionid, scope, nickname, headimgurl, first_seen, last_seen
FROM identity WHERE appid = $1 AND openid = $2";

/// Who has this unionid on this platform, as a backend asks: a second openid of one account is shown, too.
pub(crate) const IDENTITIES_OF_PERSON: &str = "
SELECT appid, openid, platform, unionid, scope, nickname, headimgurl, first_seen, last_seen
FROM identity WHERE platform = $1 AND unionid = $2 ORDER BY appid, openid LIMIT 100";

/// A range of the table's key, in its order.
pub(crate) const SLICE_OF_USERS: &str = "
SELECT appid, openid, platform, unionid, scope, nickname, headimgurl, first_seen, last_seen
FROM identity WHERE appid = $1 AND openid > $2 ORDER BY openid LIMIT $3";

/// Everybody of one person but other openids under the account of the one who asks, $3 and $4: a person has one openid
/// under an account, so another one there with the same unionid is somebody's mistake, and shows nothing.
///
/// Not joined with who asks: where users lie on several machines, that one would be looked for on all of them for each.
pub(crate) const PERSON_OF: &str = "
SELECT appid, openid FROM identity
WHERE platform = $1 AND unionid = $2 AND (appid <> $3 OR openid = $4)
ORDER BY appid, openid LIMIT 100";

/// The version tells what happened: the one given if the record is new, the old one or its successor if not.
pub(crate) const PUT_RECORD: &str = "
INSERT INTO record (appid, openid, kind, key, value, version, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
ON CONFLICT (appid, openid, kind, key) DO UPDATE SET
    version = record.version + CASE WHEN record.value = excluded.value THEN 0 ELSE 1 END,
    updated_at = CASE WHEN record.value = excluded.value
                      THEN record.updated_at ELSE excluded.updated_at END,
    value = excluded.value
RETURNING version, created_at, updated_at";

pub(crate) const CREATE_RECORD: &str = "
INSERT INTO record (appid, openid, kind, key, value, version, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
ON CONFLICT (appid, openid, kind, key) DO NOTHING
RETURNING version, created_at, updated_at";

pub(crate) const REPLACE_RECORD: &str = "
UPDATE record SET
    version = version + CASE WHEN value = $5 THEN 0 ELSE 1 END,
    updated_at = CASE WHEN value = $5 THEN updated_at ELSE $7 END,
    value = $5
WHERE appid = $1 AND openid = $2 AND kind = $3 AND key = $4 AND ($6 IS NULL OR version = $6)
RETURNING version, created_at, updated_at";

pub(crate) const GET_RECORD: &str = "
SELECT kind, key, value, version, created_at, updated_at
FROM record WHERE appid = $1 AND openid = $2 AND kind = $3 AND key = $4";

pub(crate) const DELETE_RECORD: &str = "
DELETE FROM record
WHERE appid = $1 AND openid = $2 AND kind = $3 AND key = $4 AND ($5 IS NULL OR version = $5)
RETURNING key";

/// A range of the index `record_newest_first`, in its order.
pub(crate) const SLICE_OF_RECORDS: &str = "
SELECT kind, key, value, version, created_at, updated_at
FROM record
WHERE appid = $1 AND openid = $2 AND created_at > $3 AND created_at <= $4
  AND (created_at < $4 OR (kind, key) > ($5, $6))
  AND ($7 IS NULL OR kind = $7)
ORDER BY created_at DESC, kind, key LIMIT $8";

pub(crate) const ERASE_IDENTITY: &str = "DELETE FROM identity WHERE appid = $1 AND openid = $2";

/// A user unseen: without a login and without a written record since $3, in seconds; records count milliseconds.
/// Reads the whole table, in the order of its key: for a nightly command, not worth an index that every login changes.
pub(crate) const UNSEEN_USERS: &str = "
SELECT appid, openid FROM identity
WHERE last_seen < $3 AND (appid, openid) > ($1, $2)
  AND NOT EXISTS (SELECT 1 FROM record WHERE record.appid = identity.appid
                  AND record.openid = identity.openid AND record.updated_at >= $3 * 1000)
ORDER BY appid, openid LIMIT 1000";

pub(crate) const FORGET_IDENTITY: &str = "
DELETE FROM identity
WHERE last_seen < $3 AND appid = $1 AND openid = $2
  AND NOT EXISTS (SELECT 1 FROM record WHERE record.appid = identity.appid
                  AND record.openid = identity.openid AND record.updated_at >= $3 * 1000)";

/// Those that a user has claimed. Where both are in one place, the tables see to it.
pub(crate) const ERASE_SCANS: &str = "DELETE FROM scan WHERE appid = $1 AND openid = $2";

pub(crate) const COUNT_RECORDS: &str = "
SELECT COUNT(*) FROM record WHERE appid = $1 AND openid = $2";

pub(crate) const CREATE_SCAN: &str = "
INSERT INTO scan (id, browser, page, code, account, redirect_uri, login_state, number, client, state,
    created_at, changed_at, ends_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)
ON CONFLICT (id) DO NOTHING
RETURNING id";

/// A statement with all columns of a scan that are ever read between its beginning and its end. Every step sets an end or
/// none.
macro_rules! of_scan {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " id, browser, page, code, account, redirect_uri, login_state, number, client, state, appid, openid,
    created_at, ends_at ",
            $after
        )
    };
}

pub(crate) const FIND_SCAN: &str = of_scan!("SELECT", "FROM scan WHERE id = $1 OR page = $1");

pub(crate) const CLAIM_SCAN: &str = of_scan!(
    "UPDATE scan SET state = 'seen', appid = $2, openid = $3, ends_at = COALESCE($5, ends_at),
    changed_at = CASE WHEN state = 'waiting' THEN $4 ELSE changed_at END
WHERE id = $1 AND ends_at > $4
  AND (state = 'waiting' OR (state = 'seen' AND appid = $2 AND openid = $3))
RETURNING",
    ""
);

pub(crate) const DECIDE_SCAN: &str = of_scan!(
    "UPDATE scan SET state = $4, changed_at = $5, ends_at = COALESCE($6, ends_at)
WHERE id = $1 AND appid = $2 AND openid = $3 AND state = 'seen' AND ends_at > $5
RETURNING",
    ""
);

/// What a login is given stays the same as long as it is given.
pub(crate) const REDEEM_SCAN: &str = of_scan!(
    "UPDATE scan SET verifier = $3, state = 'redeemed', ends_at = COALESCE($5, ends_at)
WHERE code = $1 AND browser = $2 AND ends_at > $4
  AND (state = 'allowed' OR (state = 'redeemed' AND verifier = $3))
RETURNING",
    ""
);

/// The statement for a step, its texts, and what follows the moment behind them.
pub(crate) fn of_step<'a>(step: &ScanStep<'a>) -> (&'static str, Vec<&'a str>, Option<u64>) {
    match *step {
        ScanStep::Claim { id, owner } => {
            let [appid, openid] = owner.columns();
            (CLAIM_SCAN, vec![id, appid, openid], None)
        }
        ScanStep::Decide {
            id,
            owner,
            is_allowed,
            ends_at,
        } => {
            let [appid, openid] = owner.columns();
            let state = if is_allowed {
                ScanState::Allowed
            } else {
                ScanState::Refused
            };
            let texts = vec![id, appid, openid, state.as_str()];
            (DECIDE_SCAN, texts, Some(ends_at))
        }
        ScanStep::Redeem {
            code,
            browser,
            verifier,
        } => (REDEEM_SCAN, vec![code, browser, verifier], None),
    }
}

pub(crate) const CHANGED_SCANS: &str = "
SELECT page, state FROM scan WHERE changed_at >= $1 AND state <> 'waiting'";

pub(crate) const DELETE_SCANS: &str = "DELETE FROM scan WHERE ends_at <= $1 RETURNING id";

/// What a login does, for an appid that nobody has: it fails where a login would, because the database was emptied, takes
/// no writes or does not let us write. No row is touched, and where users lie on several machines, one of them is asked.
pub(crate) const PING: &str = "
INSERT INTO identity (appid, openid, scope, first_seen, last_seen)
SELECT appid, openid, scope, first_seen, last_seen FROM identity WHERE appid = $1 AND openid = $1
ON CONFLICT (appid, openid) DO UPDATE SET last_seen = excluded.last_seen
RETURNING appid, openid";

#[cfg(test)]
mod tests {
    use sqlx::{Connection, Executor, Row, SqliteConnection};

    use super::*;
    use crate::migrations;

    /// How SQLite goes about a statement, a line for each step.
    async fn plan_of(statement: &str) -> String {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        migrations::migrator().run(&mut connection).await.unwrap();
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
        let steps = connection.fetch_all(explain).await.unwrap();
        let text = |row: &sqlx::sqlite::SqliteRow| row.get::<String, _>("detail");
        steps.iter().map(text).collect::<Vec<_>>().join("\n")
    }

    #[tokio::test]
    async fn a_page_is_a_range_of_its_index_and_nothing_is_sorted() {
        let plan = plan_of(SLICE_OF_RECORDS).await;
        assert!(plan.contains("USING INDEX record_newest_first"), "{plan}");
        assert!(plan.contains("created_at>? AND created_at<?"), "{plan}");
        let users = plan_of(SLICE_OF_USERS).await;
        assert!(users.contains("(appid=? AND openid>?)"), "{users}");
        for plan in [plan, users] {
            assert!(!plan.contains("SCAN") && !plan.contains("B-TREE"), "{plan}");
        }
    }

    /// Statements that name nobody by appid and openid, which is where a distributed database looks for the machine, and
    /// why each may ask them all.
    const ASK_ALL: [(&str, &str); 4] = [
        (
            "IDENTITIES_OF_PERSON",
            "under which openids is what is asked",
        ),
        (
            "SLICE_OF_USERS",
            "a backend goes through everybody of an account",
        ),
        ("PERSON_OF", "who else is this person is not known before"),
        ("UNSEEN_USERS", "a nightly command goes through everybody"),
    ];

    /// By the text of this file, so that nobody has to think of it for a new statement.
    #[test]
    fn every_statement_names_whom_it_is_about_or_stands_among_those_that_ask_all_machines() {
        let source = include_str!("sql.rs");
        let source = source.split("#[cfg(test)]").next().unwrap();
        let statements = source.split("const ").skip(1).filter_map(|part| {
            let (name, rest) = part.split_once(": &str = ")?;
            Some((name, rest.split_once(";\n")?.0))
        });
        let statements: Vec<_> = statements.collect();
        assert!(statements.len() > 20, "{}", statements.len());
        let names_owner = |statement: &str| {
            let words = statement.split_whitespace().collect::<Vec<_>>().join(" ");
            let is_row = words.contains("(appid, openid,") && words.contains("VALUES ($1, $2,");
            // Scans are over in minutes and lie on one machine.
            let is_scan = words.contains("INTO scan ")
                || words.contains("FROM scan ")
                || words.contains("UPDATE scan ");
            is_row || is_scan || words.contains("appid = $1 AND openid = $")
        };
        let ask_all = statements.iter().filter(|(_, text)| !names_owner(text));
        let ask_all: Vec<&str> = ask_all.map(|(name, _)| *name).collect();
        assert_eq!(ask_all, ASK_ALL.map(|(name, _)| name));
        for (name, text) in statements {
            assert!(!text.contains("JOIN"), "{name} joins what may lie apart");
        }
    }

    #[tokio::test]
    async fn no_statement_reads_a_whole_table() {
        for statement in [
            LEARN_UNIONID,
            FIND_IDENTITY,
            IDENTITIES_OF_PERSON,
            SLICE_OF_USERS,
            PERSON_OF,
            REPLACE_RECORD,
            GET_RECORD,
            DELETE_RECORD,
            SLICE_OF_RECORDS,
            ERASE_IDENTITY,
            FORGET_IDENTITY,
            COUNT_RECORDS,
            FIND_SCAN,
            CLAIM_SCAN,
            DECIDE_SCAN,
            REDEEM_SCAN,
            CHANGED_SCANS,
            DELETE_SCANS,
            ERASE_SCANS,
            PING,
        ] {
            let plan = plan_of(statement).await;
            assert!(plan.contains("SEARCH"), "{plan}");
            assert!(!plan.contains("SCAN"), "{plan}");
        }
        for statement in [PERSON_OF, IDENTITIES_OF_PERSON] {
            assert!(plan_of(statement).await.contains("identity_by_person"));
        }
    }
}
