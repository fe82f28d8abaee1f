//! The embedded database: one file, or memory for tests.

use std::path::Path;
use std::time::Duration;

use api_types::{Profile, Scope};
use async_trait::async_trait;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{Row, SqlSafeStr, SqlitePool};

use super::{Error, Identity, SeenIdentity, Store};
use crate::wechat::{AppId, OpenId, UnionId};

/// A platform changes only together with the unionid it labels: a unionid from before an account moved to another
/// platform must not be taken for one of the new platform.
const UPSERT_IDENTITY: &str = "
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

const FIND_IDENTITY: &str = "
SELECT appid, openid, platform, unionid, scope, nickname, headimgurl, first_seen, last_seen
FROM identity WHERE appid = $1 AND openid = $2";

/// [`Store`] on SQLite.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    pool: SqlitePool,
}

impl SqliteStore {
    /// Opens or creates the database file, creates its folder, brings the tables to this version.
    ///
    /// # Errors
    /// [`Error`] if the file cannot be used, is no database, or was written by a newer version.
    pub async fn open_file(path: &Path) -> Result<Self, Error> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(sqlx::Error::Io)?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // An acknowledged write survives a power cut, not only the end of the process.
            .synchronous(SqliteSynchronous::Full);
        Self::open(options, SqlitePoolOptions::new().max_connections(4)).await
    }

    /// A new database in memory, gone when dropped.
    ///
    /// # Errors
    /// [`Error`] if SQLite has no memory for it.
    pub async fn open_in_memory() -> Result<Self, Error> {
        // Every connection to `:memory:` is a database of its own: exactly one, and never replaced.
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None);
        Self::open(SqliteConnectOptions::new().in_memory(true), pool).await
    }

    async fn open(options: SqliteConnectOptions, pool: SqlitePoolOptions) -> Result<Self, Error> {
        let options = options
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5));
        let pool = pool
            .acquire_timeout(Duration::from_secs(5))
            .connect_with(options)
            .await?;
        migrations().run(&pool).await?;
        Ok(Self { pool })
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn upsert_identity(&self, seen: &SeenIdentity) -> Result<Identity, Error> {
        let profile = seen.profile.as_ref();
        let row = sqlx::query(UPSERT_IDENTITY)
            .bind(seen.appid.as_str())
            .bind(seen.openid.expose())
            .bind(seen.platform.as_deref())
            .bind(seen.unionid.as_ref().map(UnionId::expose))
            .bind(seen.scope.as_str())
            .bind(profile.map(|profile| profile.nickname.as_str()))
            .bind(profile.map(|profile| profile.headimgurl.as_str()))
            .bind(i64::try_from(seen.seen_at).unwrap_or(i64::MAX))
            .fetch_one(&self.pool)
            .await?;
        identity_of(&row)
    }

    async fn find_identity(
        &self,
        appid: &AppId,
        openid: &OpenId,
    ) -> Result<Option<Identity>, Error> {
        let row = sqlx::query(FIND_IDENTITY)
            .bind(appid.as_str())
            .bind(openid.expose())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(identity_of).transpose()
    }

    async fn ping(&self) -> Result<(), Error> {
        // A table of ours, so that a database that was emptied or replaced is not called ready.
        sqlx::query("SELECT 1 FROM identity LIMIT 1")
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

/// The files of `migrations/sqlite`, embedded. Listed by hand: sqlx's macro for it would build SQLite a second time.
fn migrations() -> Migrator {
    Migrator::with_migrations(vec![Migration::new(
        1,
        "identity".into(),
        MigrationType::Simple,
        include_str!("../../migrations/sqlite/0001_identity.sql").into_sql_str(),
        false,
    )])
}

fn identity_of(row: &SqliteRow) -> Result<Identity, Error> {
    let unionid: Option<&str> = row.try_get("unionid")?;
    let nickname: Option<String> = row.try_get("nickname")?;
    let headimgurl: Option<String> = row.try_get("headimgurl")?;
    Ok(Identity {
        appid: AppId::parse(row.try_get("appid")?).map_err(|_| Error::Corrupt("appid"))?,
        openid: OpenId::parse(row.try_get("openid")?).map_err(|_| Error::Corrupt("openid"))?,
        platform: row.try_get("platform")?,
        unionid: unionid
            .map(UnionId::parse)
            .transpose()
            .map_err(|_| Error::Corrupt("unionid"))?,
        scope: scope_of(row.try_get("scope")?)?,
        profile: nickname.map(|nickname| Profile {
            nickname,
            headimgurl: headimgurl.unwrap_or_default(),
        }),
        first_seen: seconds_of(row.try_get("first_seen")?, "first_seen")?,
        last_seen: seconds_of(row.try_get("last_seen")?, "last_seen")?,
    })
}

fn scope_of(text: &str) -> Result<Scope, Error> {
    Scope::ALL
        .into_iter()
        .find(|scope| scope.as_str() == text)
        .ok_or(Error::Corrupt("scope"))
}

fn seconds_of(value: i64, column: &'static str) -> Result<u64, Error> {
    u64::try_from(value).map_err(|_| Error::Corrupt(column))
}
