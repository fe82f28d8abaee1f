//! What arrives, also after an interruption, and that nothing is lost or changed on the way unseen.

use std::cell::RefCell;

use login_store::{
    Error, MoveError, MoveProgress, MoveStep, Moved, SeenIdentity, Store, move_to_postgres,
};
use sqlx::{Connection as _, Executor as _, SqliteConnection};
use tempfile::TempDir;
use test_support::pgbouncer::PgBouncer;

use super::{Moving, files};
use crate::samples::{
    Database, SHOP, XIAOHONG, full_login, id, known, note, owner, profile, put, silent_login,
};

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
