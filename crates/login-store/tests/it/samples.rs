//! Databases, people and records of tests.

use std::str::FromStr as _;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use api_types::{Profile, Scope};
use login_store::{
    DatabaseUrl, KnownIdentity, NotedIdentity, Owner, Precondition, RecordDraft, RecordId,
    RecordKey, RecordKind, RecordValue, SeenIdentity, Store, StoredRecord, Written,
};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};
use tempfile::TempDir;
use test_support::pgbouncer::PgBouncer;
use tokio::sync::{Mutex, MutexGuard};
use wechat_oauth::{AppId, OpenId, UnionId};

/// An empty database, and the folder it is in, if any.
pub(crate) struct Database {
    pub(crate) url: DatabaseUrl,
    /// For connections of one's own to PostgreSQL, whatever is between it and us.
    pub(crate) own: String,
    _folder: Option<TempDir>,
    /// Nobody else has it meanwhile.
    _turn: Option<MutexGuard<'static, bool>>,
}

/// Whether the database that a variable names is prepared.
static NAMED: Mutex<bool> = Mutex::const_new(false);

impl Database {
    pub(crate) fn at(url: &str, folder: Option<TempDir>) -> Self {
        Self {
            own: url.to_owned(),
            url: DatabaseUrl::parse(url).unwrap(),
            _folder: folder,
            _turn: None,
        }
    }

    pub(crate) async fn sqlite_in_memory() -> Self {
        Self::at("sqlite::memory:", None)
    }

    pub(crate) async fn sqlite_in_a_file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}/proxy.sqlite", folder.path().display());
        Self::at(&url, Some(folder))
    }

    pub(crate) async fn postgres() -> Self {
        Self::at(&test_support::postgres::new_database().await, None)
    }

    /// The database that `WECHAT_LOGIN_TEST_DATABASE` names, of whatever engine, or else one of our PostgreSQL. Its tables
    /// are dropped first, and the file of `WECHAT_LOGIN_TEST_DATABASE_SQL` is run once they are made anew.
    pub(crate) async fn named_or_postgres() -> Self {
        let Ok(url) = std::env::var("WECHAT_LOGIN_TEST_DATABASE") else {
            return Self::postgres().await;
        };
        let name = PgConnectOptions::from_str(&url).unwrap();
        let name = name.get_database().unwrap_or_default();
        assert!(
            name.contains("test"),
            "everything in it is dropped: its name must have test in it"
        );
        let mut is_prepared = NAMED.lock().await;
        let mut database = Self::at(&url, None);
        let mut own = database.connect().await;
        if *is_prepared {
            for table in ["scan", "identity"] {
                let empty = AssertSqlSafe(format!("DELETE FROM {table}"));
                own.execute(empty).await.unwrap();
            }
        } else {
            for table in ["scan", "record", "identity", "_sqlx_migrations"] {
                let drop = AssertSqlSafe(format!("DROP TABLE IF EXISTS {table}"));
                own.execute(drop).await.unwrap();
            }
            drop(database.open().await);
            if let Ok(script) = std::env::var("WECHAT_LOGIN_TEST_DATABASE_SQL") {
                let text = std::fs::read_to_string(&script);
                let text = text.unwrap_or_else(|error| panic!("{script}: {error}"));
                run_script(&mut own, &text).await;
            }
            *is_prepared = true;
        }
        database._turn = Some(is_prepared);
        database
    }

    /// One that gives its two sessions to whoever has something to do at the moment: the harder case for all that is not
    /// in one transaction.
    pub(crate) async fn postgres_behind_a_pooler() -> Self {
        static POOLER: OnceLock<PgBouncer> = OnceLock::new();
        let database = Self::postgres().await;
        let mode = "pool_mode = transaction\ndefault_pool_size = 2\nmax_client_conn = 2000";
        let pooler = POOLER.get_or_init(|| PgBouncer::start(&database.own, mode));
        let url = DatabaseUrl::parse(&pooler.before(&database.own)).unwrap();
        Self { url, ..database }
    }

    /// Those that a second program can open.
    pub(crate) async fn lasting() -> [Self; 3] {
        [
            Self::sqlite_in_a_file().await,
            Self::postgres().await,
            Self::postgres_behind_a_pooler().await,
        ]
    }

    pub(crate) async fn open(&self) -> Arc<dyn Store> {
        login_store::open(&self.url).await.unwrap()
    }

    /// What somebody else does to it.
    pub(crate) async fn execute(&self, statements: &'static str) {
        match &self.url {
            DatabaseUrl::SqliteFile(path) => {
                let url = format!("sqlite:{}", path.display());
                let mut connection = SqliteConnection::connect(&url).await.unwrap();
                connection.execute(statements).await.unwrap();
            }
            _ => drop(self.connect().await.execute(statements).await.unwrap()),
        }
    }

    /// The same through this pooler, as a program that sends nothing a pooler does not know.
    pub(crate) async fn connect_through(&self, pooler: &PgBouncer) -> PgConnection {
        let options = PgConnectOptions::from_str(&pooler.before(&self.own)).unwrap();
        PgConnection::connect_with(&options.extra_float_digits(None))
            .await
            .unwrap()
    }

    /// A store of a user who is not the server's master.
    pub(crate) async fn of_visitor(&self) -> Arc<dyn Store> {
        self.execute(
            "DO $$ BEGIN CREATE ROLE visitor LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
            GRANT ALL ON SCHEMA public TO visitor",
        )
        .await;
        let url = self.own.replace("postgres@", "visitor@");
        login_store::open(&DatabaseUrl::parse(&url).unwrap())
            .await
            .unwrap()
    }

    /// Until somebody waits for another transaction's lock.
    pub(crate) async fn until_somebody_waits(&self) {
        let mut observer = self.connect().await;
        let waiting = "SELECT COUNT(*) FROM pg_stat_activity \
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
        for _ in 0..2_000 {
            let count = sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut observer);
            if count.await.unwrap() > 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("nobody waited");
    }

    /// A connection of one's own to PostgreSQL.
    pub(crate) async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.own).await.unwrap()
    }
}

/// Each statement in a transaction of its own, as `psql -f` does it.
pub(crate) async fn run_script(connection: &mut PgConnection, script: &str) {
    for statement in script.split_inclusive(';') {
        connection.execute(AssertSqlSafe(statement)).await.unwrap();
    }
}

pub(crate) const SHOP: &str = "wx00000000000000a1";
pub(crate) const CAFE: &str = "wx00000000000000a2";
pub(crate) const XIAOMING: &str = "oABCdefGHIjklMNOpqrSTUvwxYZ0";
pub(crate) const XIAOHONG: &str = "oZYXwvuTSRqpoNMLkjiHGFedcBA0";

pub(crate) fn owner(appid: &str, openid: &str) -> Owner {
    Owner {
        appid: AppId::parse(appid).unwrap(),
        openid: OpenId::parse(openid).unwrap(),
    }
}

pub(crate) fn unionid(text: &str) -> Option<UnionId> {
    Some(UnionId::parse(text).unwrap())
}

pub(crate) fn profile(nickname: &str) -> Option<Profile> {
    Some(Profile {
        nickname: nickname.to_owned(),
        headimgurl: "https://thirdwx.qlogo.cn/a/132".to_owned(),
    })
}

/// 小明 at the shop, telling nothing but the openid.
pub(crate) fn silent_login(seen_at: u64) -> SeenIdentity {
    let Owner { appid, openid } = owner(SHOP, XIAOMING);
    SeenIdentity {
        appid,
        openid,
        platform: Some("camellia".to_owned()),
        unionid: None,
        scope: Scope::Base,
        profile: None,
        seen_at,
    }
}

/// 小明 at the shop, telling everything.
pub(crate) fn full_login(seen_at: u64) -> SeenIdentity {
    SeenIdentity {
        unionid: unionid("unionid-1"),
        scope: Scope::Userinfo,
        profile: profile("小明"),
        ..silent_login(seen_at)
    }
}

/// Notes a user, with a platform and a unionid where given.
pub(crate) async fn note(
    store: &dyn Store,
    owner: &Owner,
    platform: Option<&str>,
    unionid: Option<&str>,
) {
    let noted = NotedIdentity {
        owner: owner.clone(),
        platform: platform.map(str::to_owned),
        unionid: unionid.map(|text| UnionId::parse(text).unwrap()),
        noted_at: 10,
    };
    store.note_identity(&noted).await.unwrap();
}

/// 小明 at the shop, noted.
pub(crate) async fn xiaoming(store: &dyn Store) -> Owner {
    let owner = owner(SHOP, XIAOMING);
    note(store, &owner, Some("camellia"), Some("unionid-1")).await;
    owner
}

/// What is known about 小明 at the shop.
pub(crate) async fn known(store: &dyn Store) -> Option<KnownIdentity> {
    known_of(store, &owner(SHOP, XIAOMING)).await
}

pub(crate) async fn known_of(store: &dyn Store, owner: &Owner) -> Option<KnownIdentity> {
    let known = store.find_identity(&owner.appid, &owner.openid).await;
    known.unwrap()
}

pub(crate) fn kind(text: &str) -> RecordKind {
    RecordKind::parse(text).unwrap()
}

pub(crate) fn id(owner: &Owner, kind_text: &str, key: &str) -> RecordId {
    RecordId {
        owner: owner.clone(),
        kind: kind(kind_text),
        key: RecordKey::parse(key).unwrap(),
    }
}

pub(crate) fn draft(id: &RecordId, json: &str, written_at: u64) -> RecordDraft {
    RecordDraft {
        id: id.clone(),
        value: RecordValue::parse(json.as_bytes()).unwrap(),
        written_at,
    }
}

/// Writes and answers what is stored, whatever was there.
pub(crate) async fn put(store: &dyn Store, id: &RecordId, json: &str, at: u64) -> StoredRecord {
    let draft = draft(id, json, at);
    match store.put_record(&draft, Precondition::None).await.unwrap() {
        Written::Created(record) | Written::Replaced(record) => record,
        refused => panic!("{refused:?}"),
    }
}
