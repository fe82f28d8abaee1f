//! Moving everything from an SQLite file into PostgreSQL.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::time::Instant;

use login_store::{
    DatabaseUrl, Error, MoveError, MoveProgress, MoveStep, Moved, PostgresUrl, SeenIdentity,
    SqliteStore, Store, move_to_postgres,
};
use nix::sys::resource::{UsageWho, getrusage};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Row as _, SqliteConnection};
use tempfile::TempDir;
use test_support::pgbouncer::PgBouncer;
use tokio::sync::Notify;

use crate::samples::{
    Database, SHOP, XIAOHONG, full_login, id, known, note, owner, profile, put, silent_login,
};

/// Of others, ten for each of them, by one statement.
const GROWN: &str = include_str!("../../../../tools/bench/proxy/fill.sql");

struct Moving {
    _folder: TempDir,
    path: PathBuf,
    database: Database,
}

impl Moving {
    async fn new() -> Self {
        Self::into(Database::postgres().await).await
    }

    /// From a file with the tables and nobody in it.
    async fn into(database: Database) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("proxy.sqlite");
        SqliteStore::open_file(&path).await.unwrap().close().await;
        Self {
            _folder: folder,
            path,
            database,
        }
    }

    fn to(&self) -> &PostgresUrl {
        match &self.database.url {
            DatabaseUrl::Postgres(url) => url,
            other => panic!("{other:?}"),
        }
    }

    async fn run(&self) -> Result<Moved, MoveError> {
        move_to_postgres(&self.path, self.to(), false, &|_| {}).await
    }

    async fn run_again(&self) -> Result<Moved, MoveError> {
        move_to_postgres(&self.path, self.to(), true, &|_| {}).await
    }

    async fn store(&self) -> SqliteStore {
        SqliteStore::open_file(&self.path).await.unwrap()
    }

    /// What somebody does to the file.
    async fn change(&self, statements: &'static str) {
        change(&self.path, statements).await;
    }

    async fn grow(&self, records: u64) {
        grow(&self.path, records).await;
    }

    /// Given up as soon as the first batch of records is there.
    async fn interrupt(&self) {
        let is_amid = Notify::new();
        let told = |progress: MoveProgress| {
            if progress.rows == "records" && progress.done > 0 {
                is_amid.notify_one();
            }
        };
        tokio::select! {
            biased;
            () = is_amid.notified() => {}
            ended = move_to_postgres(&self.path, self.to(), false, &told) => panic!("{ended:?}"),
        }
    }

    /// How many there are on the server.
    async fn count(&self, table: &str) -> i64 {
        let mut connection = self.database.connect().await;
        let count = format!("SELECT count(*) FROM {table}");
        let count = sqlx::raw_sql(AssertSqlSafe(count)).fetch_one(&mut connection);
        count.await.unwrap().get(0)
    }
}

async fn connect(path: &Path) -> SqliteConnection {
    let url = format!("sqlite:{}", path.display());
    SqliteConnection::connect(&url).await.unwrap()
}

async fn change(path: &Path, statements: &'static str) {
    let mut connection = connect(path).await;
    connection.execute(statements).await.unwrap();
    connection.close().await.unwrap();
}

async fn grow(path: &Path, records: u64) {
    let text = GROWN.replace("{records}", &records.to_string());
    let quickly =
        "PRAGMA foreign_keys = OFF; PRAGMA journal_mode = OFF; PRAGMA cache_size = -1000000";
    let text = format!("{quickly}; {text}; PRAGMA journal_mode = WAL");
    let mut connection = connect(path).await;
    connection.execute(AssertSqlSafe(text)).await.unwrap();
    connection.close().await.unwrap();
}

/// Files beside each other, and what is in them.
fn files(path: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(path.parent().unwrap()).unwrap();
    let mut files: Vec<_> = entries
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// Whatever our parsers take, and what only a backend writes; through a pooler, as a role that owns its schema alone.
#[tokio::test]
async fn strange_values_arrive_unchanged_and_the_file_stays_as_it_is() {
    let database = Database::postgres().await;
    database
        .execute(
            "DO $$ BEGIN CREATE ROLE visitor LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
            CREATE SCHEMA AUTHORIZATION visitor; REVOKE ALL ON SCHEMA public FROM PUBLIC",
        )
        .await;
    let own = database.own.replace("postgres@", "visitor@");
    let mode = "pool_mode = transaction\ndefault_pool_size = 2";
    let pooler = PgBouncer::start(&own, mode);
    let moving = Moving::into(Database::at(&pooler.before(&own), None)).await;
    let store = moving.store().await;
    let nicknames = [
        "小明",
        "",
        "\\N",
        "\\.",
        "a\tb\nc\rd\\e\"f'g,h|i",
        "👩‍👩‍👧‍👦 \u{feff}\u{1}\u{7f}",
        "NULL",
    ];
    let mut told = Vec::new();
    for (second, nickname) in (1..).zip(nicknames) {
        let login = SeenIdentity {
            openid: owner(SHOP, &format!("o{second}")).openid,
            profile: profile(nickname),
            ..full_login(second)
        };
        told.push(store.upsert_identity(&login).await.unwrap());
    }
    let others = owner(SHOP, XIAOHONG);
    note(&store, &others, None, None).await;
    let escapes = "\\u0000\\ud83d\\ude00".repeat(900);
    let values = [
        format!("\"{escapes}\""),
        format!("\"{}\"", "茶".repeat(5_460)),
        "{\"a\":1,\"a\":2}".to_owned(),
        "\"\\\\.\\t\"".to_owned(),
        "1e400".to_owned(),
    ];
    let mut records = Vec::new();
    for (at, value) in (1..).zip(&values) {
        let id = id(&others, "order", &format!("2026.~:-{at}"));
        records.push(put(&store, &id, value, at).await);
    }
    store.close().await;
    let before = files(&moving.path);
    let moved = moving.run().await.unwrap();
    assert_eq!((moved.users, moved.records), (8, 5));
    assert_eq!(files(&moving.path), before);
    let store = moving.database.open().await;
    for known in told {
        let found = store.find_identity(&known.appid, &known.openid).await;
        assert_eq!(found.unwrap(), Some(known));
    }
    for record in records {
        assert_eq!(store.get_record(&record.id).await.unwrap(), Some(record));
    }
}

#[tokio::test]
async fn what_a_crash_has_left_in_the_log_is_moved_too() {
    let moving = Moving::new().await;
    let crashed = TempDir::new().unwrap();
    let store = moving.store().await;
    store.upsert_identity(&silent_login(7)).await.unwrap();
    // All files but what only a running process reads.
    for (name, bytes) in files(&moving.path) {
        std::fs::write(crashed.path().join(name), bytes).unwrap();
    }
    let path = crashed.path().join("proxy.sqlite");
    let moved = move_to_postgres(&path, moving.to(), false, &|_| {}).await;
    assert_eq!(moved.unwrap().users, 1);
    let store = moving.database.open().await;
    assert_eq!(known(&*store).await.unwrap().last_seen, 7);
}

/// Both sides, as long as they are open.
#[tokio::test]
async fn a_proxy_on_either_side_is_in_the_way() {
    let moving = Moving::new().await;
    let source = moving.store().await;
    let error = moving.run().await.unwrap_err();
    assert!(
        matches!(error, MoveError::Source(Error::InUse(_))),
        "{error}"
    );
    source.close().await;
    let target = moving.database.open().await;
    let error = moving.run().await.unwrap_err();
    assert!(matches!(error, MoveError::TargetInUse(1..)), "{error}");
    target.close().await;
    moving.run().await.unwrap();
    moving.store().await;
}

/// And nobody can open the file meanwhile, be it to read.
#[tokio::test]
async fn it_goes_on_where_it_was_and_no_proxy_starts_before_it_is_over() {
    let moving = Moving::new().await;
    moving.grow(12_000).await;
    moving.interrupt().await;
    for error in [
        login_store::open(&moving.database.url).await.err(),
        login_store::inspect(&moving.database.url).await.err(),
    ] {
        assert!(matches!(error, Some(Error::HalfMoved)), "{error:?}");
    }
    assert_eq!(moving.count("record").await, 10_000);
    let (told, path) = (RefCell::default(), moving.path.clone());
    let tell = |progress: MoveProgress| {
        let mut told: std::cell::RefMut<'_, Vec<_>> = told.borrow_mut();
        told.push((progress.step, progress.rows, progress.done));
        if progress.step == MoveStep::Compare && progress.done == 0 {
            let path = path.clone();
            let read = || {
                let runtime = tokio::runtime::Builder::new_current_thread().build();
                runtime.unwrap().block_on(async move {
                    let url = format!("sqlite:{}", path.display());
                    let mut reader = SqliteConnection::connect(&url).await?;
                    let read = reader.execute("SELECT openid FROM identity LIMIT 1");
                    read.await
                })
            };
            let error = std::thread::spawn(read).join().unwrap().unwrap_err();
            assert!(error.to_string().contains("locked"), "{error}");
        }
    };
    let moved = move_to_postgres(&moving.path, moving.to(), false, &tell).await;
    let all = Moved {
        users: 1_200,
        records: 12_000,
    };
    assert_eq!(moved.unwrap(), all);
    let (copy, compare) = (MoveStep::Copy, MoveStep::Compare);
    let told = told.into_inner();
    assert_eq!(
        told,
        [
            (copy, "users", 1_200),
            (copy, "records", 10_000),
            (copy, "records", 12_000),
            (compare, "users", 0),
            (compare, "users", 1_200),
            (compare, "records", 0),
            (compare, "records", 10_000),
            (compare, "records", 12_000),
        ]
    );
    assert_eq!(moving.count("record").await, 12_000);
    moving.database.open().await.close().await;
    let error = moving.run().await.unwrap_err();
    assert!(
        matches!(error, MoveError::NotOurs("users", 1_200)),
        "{error}"
    );
}

#[tokio::test]
async fn a_file_that_was_written_to_meanwhile_is_moved_anew_and_only_if_that_is_wanted() {
    for change in [
        "INSERT INTO identity (appid, openid, scope, first_seen, last_seen) VALUES ('wx0', 'o0', 'snsapi_base', 1, 1)",
        "UPDATE identity SET last_seen = last_seen + 1 WHERE rowid = 3",
        "DELETE FROM record WHERE rowid = 3",
    ] {
        let moving = Moving::new().await;
        moving.grow(10_100).await;
        moving.interrupt().await;
        moving.change(change).await;
        let error = moving.run().await.unwrap_err();
        assert!(matches!(error, MoveError::SourceChanged), "{error}");
        moving.run_again().await.unwrap();
    }
}

/// What leaves counts and times as they were is found in the end.
#[tokio::test]
async fn every_value_is_compared() {
    for (change, of) in [
        (
            "UPDATE identity SET unionid = 'u' WHERE openid = (SELECT min(openid) FROM identity)",
            "identity",
        ),
        (
            "UPDATE identity SET nickname = '' WHERE openid = (SELECT min(openid) FROM identity)",
            "identity",
        ),
        (
            "UPDATE record SET version = 2 WHERE key = '2025-7'",
            "record",
        ),
        (
            "UPDATE record SET value = value || ' ' WHERE key = '2025-7'",
            "record",
        ),
    ] {
        let moving = Moving::new().await;
        moving.grow(10_100).await;
        moving.interrupt().await;
        moving.database.execute(change).await;
        let error = moving.run().await.unwrap_err();
        let MoveError::Different {
            table, differing, ..
        } = error
        else {
            panic!("{error}");
        };
        assert_eq!((table, differing), (of, 1), "{change}");
        // Not by itself the next time, either.
        moving.run().await.unwrap_err();
        moving.change(change).await;
        moving.run().await.unwrap();
    }
}

/// Not even where that is to begin anew.
#[tokio::test]
async fn what_others_have_brought_is_left_alone() {
    const FOREIGN: &str = "INSERT INTO identity (appid, openid, scope, first_seen, last_seen)
        VALUES ('wx0', 'o0', 'snsapi_base', 1, 1)";
    let moving = Moving::new().await;
    moving.database.open().await.close().await;
    moving.database.execute(FOREIGN).await;
    for run in [moving.run().await, moving.run_again().await] {
        let error = run.unwrap_err();
        assert!(matches!(error, MoveError::NotOurs("users", 1)), "{error}");
    }
    let moving = Moving::new().await;
    moving.grow(10_100).await;
    moving.interrupt().await;
    moving.database.execute(FOREIGN).await;
    for run in [moving.run().await, moving.run_again().await] {
        let error = run.unwrap_err();
        assert!(matches!(error, MoveError::NotOurs("users", 1)), "{error}");
    }
    assert_eq!(moving.count("identity").await, 1_011);
    moving
        .database
        .execute("DELETE FROM record; DELETE FROM identity")
        .await;
    let error = moving.run().await.unwrap_err();
    assert!(matches!(error, MoveError::TargetChanged), "{error}");
    moving.run_again().await.unwrap();
}

#[tokio::test]
async fn a_file_of_another_version_or_of_nobody_is_refused() {
    let mut moving = Moving::new().await;
    moving
        .change("DELETE FROM _sqlx_migrations WHERE version = 3")
        .await;
    let error = moving.run().await.unwrap_err();
    assert!(matches!(error, MoveError::OldSource), "{error}");
    moving
        .change("INSERT INTO _sqlx_migrations SELECT 4, 'x', installed_on, success, checksum, 0 FROM _sqlx_migrations LIMIT 1")
        .await;
    let error = moving.run().await.unwrap_err();
    assert!(
        matches!(error, MoveError::Source(Error::Newer(4))),
        "{error}"
    );
    moving.change("DROP TABLE _sqlx_migrations").await;
    let error = moving.run().await.unwrap_err();
    assert!(matches!(error, MoveError::NoSource), "{error}");
    moving.path = moving.path.with_file_name("missing.sqlite");
    let error = moving.run().await.unwrap_err();
    assert!(matches!(error, MoveError::NoSource), "{error}");
    assert!(!moving.path.exists());
}

/// By no proxy; the error names the table and not the person.
#[tokio::test]
async fn what_postgresql_cannot_hold_is_named() {
    for (change, words) in [
        (
            "UPDATE identity SET nickname = 'a' || char(0) WHERE rowid = 3",
            "its nickname has the character U+0000",
        ),
        (
            "UPDATE identity SET platform = x'ff' WHERE rowid = 3",
            "its platform is no text",
        ),
        (
            "UPDATE record SET version = 'x' WHERE rowid = 3",
            "its version is no whole number",
        ),
        (
            "UPDATE identity SET openid = 'nobody' WHERE rowid = 3",
            "table record: the server refuses a row: insert",
        ),
    ] {
        let moving = Moving::new().await;
        moving.grow(100).await;
        let mut connection = connect(&moving.path).await;
        connection
            .execute("PRAGMA foreign_keys = OFF")
            .await
            .unwrap();
        connection.execute(change).await.unwrap();
        connection.close().await.unwrap();
        let error = moving.run().await.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        assert!(
            !error.contains("oABC") && !error.contains("nobody"),
            "{error}"
        );
    }
}

/// Where the store to be measured is, and how many records it shall have.
const GROWING: [&str; 2] = ["WECHAT_LOGIN_GROWING", "WECHAT_LOGIN_RECORDS"];

#[tokio::test]
#[ignore = "a part of the one below, in a process of its own, whose memory is not counted"]
async fn a_store_grows() {
    let [path, records] = GROWING.map(|name| std::env::var(name).unwrap());
    grow(Path::new(&path), records.parse().unwrap()).await;
}

/// Ten million records of a million users: what moving them costs.
#[tokio::test]
#[ignore = "a measurement: minutes and 12 GB, by make bench PART=move"]
async fn a_grown_store_is_moved() {
    let [_, records] = GROWING.map(std::env::var);
    let records = records.unwrap_or("10000000".to_owned());
    // With its defaults, on a disk.
    let server = test_support::postgres::Server::start(&[]).unwrap();
    let moving = Moving::into(Database::at(&server.new_database().await.unwrap(), None)).await;
    let mut fill = std::process::Command::new(std::env::current_exe().unwrap());
    fill.args(["--ignored", "--exact", "moving::a_store_grows"])
        .env(GROWING[0], &moving.path)
        .env(GROWING[1], records);
    assert!(fill.output().unwrap().status.success());
    let megabytes = std::fs::metadata(&moving.path).unwrap().len() / 1_000_000;
    let mut own = moving.database.connect().await;
    let version = sqlx::raw_sql("SHOW server_version").fetch_one(&mut own);
    let version: String = version.await.unwrap().get(0);
    own.close().await.unwrap();
    let (began, copied) = (Instant::now(), Cell::new(None));
    let told = |progress: MoveProgress| {
        if progress.step == MoveStep::Compare && copied.get().is_none() {
            copied.set(Some(began.elapsed().as_secs()));
        }
    };
    println!("moving begins");
    let moved = move_to_postgres(&moving.path, moving.to(), false, &told).await;
    let (took, Moved { users, records }) = (began.elapsed().as_secs(), moved.unwrap());
    let copied = copied.get().unwrap();
    let memory = getrusage(UsageWho::RUSAGE_SELF).unwrap().max_rss() / 1_000;
    println!(
        "{users} users and {records} records, a file of {megabytes} MB, into PostgreSQL {version} with its defaults: {took} \
         seconds, {copied} of them copying and {} comparing; at most {memory} MB of memory",
        took - copied
    );
}
