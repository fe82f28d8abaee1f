//! What an erased user leaves in a database: nothing.

use std::path::Path;

use login_store::{DatabaseUrl, Store};
use sqlx::AssertSqlSafe;

use crate::samples::{Database, SHOP, XIAOHONG, XIAOMING, full_login, id, note, owner, put};

/// What nobody may find again. None of them is part of what stays.
const TRACES: [&str; 4] = [XIAOMING, "unionid-1", "小明", "a-thing-bought-in-private"];

/// 小明 with a record of every length SQLite stores differently, and 小红, who stays.
async fn fill(store: &dyn Store) {
    store.upsert_identity(&full_login(5)).await.unwrap();
    let own = owner(SHOP, XIAOMING);
    for (key, length) in [("short", 1), ("long", 2_000), ("longest", 15_000)] {
        let json = format!("\"a-thing-bought-in-private{}\"", "x".repeat(length));
        put(store, &id(&own, "order", key), &json, 5).await;
    }
    let other = owner(SHOP, XIAOHONG);
    note(store, &other, None, None).await;
    put(store, &id(&other, "order", "1"), "\"kept\"", 5).await;
}

async fn erase(store: &dyn Store) {
    let erased = store.erase(&owner(SHOP, XIAOMING)).await.unwrap();
    assert_eq!(erased, Some(3));
}

fn traces_in_file(path: &Path) -> Vec<&'static str> {
    let bytes = std::fs::read(path).unwrap();
    let is_there = |text: &&str| bytes.windows(text.len()).any(|it| it == text.as_bytes());
    TRACES.into_iter().filter(is_there).collect()
}

/// The write-ahead log is emptied when the last connection closes; while the proxy runs it may hold what was erased.
#[tokio::test]
async fn an_erased_user_is_in_no_byte_of_the_sqlite_file() {
    let database = Database::sqlite_in_a_file().await;
    let DatabaseUrl::SqliteFile(file) = &database.url else {
        panic!("not in a file");
    };
    let store = database.open().await;
    fill(&*store).await;
    store.close().await;
    let found = traces_in_file(file);
    assert_eq!(found, TRACES, "the search finds what is there");

    let store = database.open().await;
    erase(&*store).await;
    store.close().await;
    assert_eq!(traces_in_file(file), [""; 0]);
    let log = file.with_extension("sqlite-wal");
    assert!(!log.exists(), "the log is still there");
}

#[tokio::test]
async fn an_erased_user_is_in_no_row_of_postgres() {
    let database = Database::postgres().await;
    let store = database.open().await;
    fill(&*store).await;
    let found = traces_in_rows(&database).await;
    assert_eq!(found, TRACES, "the search finds what is there");
    erase(&*store).await;
    assert_eq!(traces_in_rows(&database).await, [""; 0]);
}

/// Every table of the database, whatever it is called, as text.
async fn traces_in_rows(database: &Database) -> Vec<&'static str> {
    let mut connection = database.connect().await;
    let tables = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'";
    let tables = sqlx::query_scalar(tables).fetch_all(&mut connection).await;
    let tables: Vec<String> = tables.unwrap();
    assert!(tables.len() > 2, "{tables:?}");
    let mut text = String::new();
    for table in tables {
        let rows = AssertSqlSafe(format!("SELECT t::text FROM {table} AS t"));
        let rows = sqlx::query_scalar(rows).fetch_all(&mut connection).await;
        text.extend::<Vec<String>>(rows.unwrap());
    }
    let is_there = |trace: &&str| text.contains(trace);
    TRACES.into_iter().filter(is_there).collect()
}
