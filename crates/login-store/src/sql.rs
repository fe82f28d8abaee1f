//! The statements. Every database of ours understands the same text: no types, functions or operators of one engine.

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

pub(crate) const FIND_IDENTITY: &str = "
SELECT appid, openid, platform, unionid, scope, nickname, headimgurl, first_seen, last_seen
FROM identity WHERE appid = $1 AND openid = $2";

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
RETURNING version, created_at, updated_at";

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

pub(crate) const COUNT_RECORDS: &str = "
SELECT COUNT(*) FROM record WHERE appid = $1 AND openid = $2";

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
        assert!(!plan.contains("SCAN") && !plan.contains("B-TREE"), "{plan}");
    }

    /// Statements that name nobody by appid and openid, which is where a distributed database looks for the machine, and
    /// why each may ask them all.
    const ASK_ALL: [(&str, &str); 2] = [
        ("PERSON_OF", "who else is this person is not known before"),
        ("UNSEEN_USERS", "a nightly command goes through everybody"),
    ];

    /// By the text of this file, so that nobody has to think of it for a new statement.
    #[test]
    fn every_statement_names_whom_it_is_about_or_stands_among_those_that_ask_all_machines() {
        let source = include_str!("sql.rs");
        let source = source.split("#[cfg(test)]").next().unwrap();
        let statements = source.split("const ").skip(1).filter_map(|part| {
            let (name, rest) = part.split_once(": &str = \"")?;
            Some((name, rest.split_once("\";")?.0))
        });
        let statements: Vec<_> = statements.collect();
        assert!(statements.len() > 12, "{}", statements.len());
        let names_owner = |statement: &str| {
            let words = statement.split_whitespace().collect::<Vec<_>>().join(" ");
            let is_row = words.contains("(appid, openid,") && words.contains("VALUES ($1, $2,");
            is_row || words.contains("appid = $1 AND openid = $")
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
            FIND_IDENTITY,
            PERSON_OF,
            REPLACE_RECORD,
            GET_RECORD,
            DELETE_RECORD,
            SLICE_OF_RECORDS,
            ERASE_IDENTITY,
            FORGET_IDENTITY,
            COUNT_RECORDS,
            PING,
        ] {
            let plan = plan_of(statement).await;
            assert!(plan.contains("SEARCH"), "{plan}");
            assert!(!plan.contains("SCAN"), "{plan}");
        }
        assert!(plan_of(PERSON_OF).await.contains("identity_by_person"));
    }
}
