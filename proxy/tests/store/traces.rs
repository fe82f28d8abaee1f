//! What an erased user leaves in a database: nothing.

use std::path::Path;

use login_store::DatabaseUrl;
use login_store::{SqliteStore, Store};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::postgres;
use crate::samples::{SHOP, XIAOHONG, XIAOMING, full_login, id, note, owner, put};

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
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("proxy.sqlite");
    let url = DatabaseUrl::SqliteFile(file.clone());

    let store = SqliteStore::open_file(&file).await.unwrap();
    fill(&store).await;
    store.close().await;
    assert_eq!(
        traces_in_file(&file),
        TRACES,
        "the search finds what is there"
    );

    let store = login_store::open(&url).await.unwrap();
    erase(&*store).await;
    store.close().await;
    assert_eq!(traces_in_file(&file), [""; 0]);
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(
        !left.iter().any(|name| name == "proxy.sqlite-wal"),
        "{left:?}"
    );
}

#[tokio::test]
async fn an_erased_user_is_in_no_row_of_postgres() {
    let url = postgres::new_database().await;
    let store = login_store::open(&DatabaseUrl::Postgres(url.clone()))
        .await
        .unwrap();
    fill(&*store).await;
    assert_eq!(
        traces_in_rows(url.expose()).await,
        TRACES,
        "the search finds what is there"
    );
    erase(&*store).await;
    assert_eq!(traces_in_rows(url.expose()).await, [""; 0]);
}

/// Every table of the database, whatever it is called, as text.
async fn traces_in_rows(url: &str) -> Vec<&'static str> {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let tables: Vec<(String,)> =
        sqlx::query_as("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    assert!(tables.len() > 2, "{tables:?}");
    let mut text = String::new();
    for (table,) in tables {
        let rows: Vec<(String,)> =
            sqlx::query_as(AssertSqlSafe(format!("SELECT t::text FROM {table} AS t")))
                .fetch_all(&mut connection)
                .await
                .unwrap();
        text.extend(rows.into_iter().map(|(row,)| row));
    }
    TRACES
        .into_iter()
        .filter(|trace| text.contains(trace))
        .collect()
}
