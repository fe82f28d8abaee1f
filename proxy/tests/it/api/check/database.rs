//! The database, looked at without a change.

use std::path::Path;

use login_store::DatabaseUrl;
use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};
use wechat_login_proxy::check::{Level, Report};

use super::{only, report_on};
use crate::helpers::config;
use crate::postgres;

/// Versions after and before ours, as they stand in a database.
const NEWER: &str = "UPDATE _sqlx_migrations SET version = 9000 WHERE version = 2";
const OLDER: &str = "DELETE FROM _sqlx_migrations WHERE version = 2";

async fn report(database: &DatabaseUrl) -> Report {
    let mut config = config("http://127.0.0.1:9");
    config.database = database.clone();
    report_on(&config).await
}

async fn change(path: &Path, sql: &'static str) {
    let url = format!("sqlite:{}", path.display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    connection.execute(sql).await.unwrap();
    connection.close().await.unwrap();
}

#[actix_web::test]
async fn a_file_is_absent_then_current_then_older_and_newer_than_this_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proxy.sqlite");
    let url = DatabaseUrl::SqliteFile(path.clone());

    only(&report(&url).await, "database", Level::Warning);
    assert!(!path.exists(), "looking must not create it");

    drop(login_store::open(&url).await.unwrap());
    only(&report(&url).await, "database", Level::Ok);

    change(&path, OLDER).await;
    let older = report(&url).await;
    let finding = only(&older, "database", Level::Warning);
    assert!(finding.what.contains("older version 1"), "{finding}");
    drop(older);

    change(&path, "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (3, 'added', TRUE, X'00', 0)").await;
    let extended = report(&url).await;
    let finding = only(&extended, "database", Level::Warning);
    assert!(finding.what.contains("migration 3"), "{finding}");
    drop(extended);

    change(&path, "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9000, 'newer', TRUE, X'00', 0)").await;
    let newer = report(&url).await;
    let finding = only(&newer, "database", Level::Error);
    assert!(finding.what.contains("9000"), "{finding}");
}

#[actix_web::test]
async fn a_file_that_is_no_database_is_an_error_and_memory_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proxy.sqlite");
    std::fs::write(&path, "no database, though long enough ".repeat(50)).unwrap();
    let found = report(&DatabaseUrl::SqliteFile(path)).await;
    only(&found, "database", Level::Error);
    let found = report(&DatabaseUrl::SqliteMemory).await;
    let finding = only(&found, "database", Level::Warning);
    assert!(finding.what.contains("memory"), "{finding}");
}

#[actix_web::test]
async fn a_server_is_empty_then_current_then_newer_than_this_program() {
    let address = postgres::new_database().await;
    let url = DatabaseUrl::parse(&address).unwrap();
    only(&report(&url).await, "database", Level::Warning);
    drop(login_store::open(&url).await.unwrap());
    only(&report(&url).await, "database", Level::Ok);
    let mut connection = PgConnection::connect(&address).await.unwrap();
    connection.execute(NEWER).await.unwrap();
    only(&report(&url).await, "database", Level::Error);
}

#[actix_web::test]
async fn a_server_that_does_not_answer_is_an_error_without_its_password() {
    let url = DatabaseUrl::parse("postgres://shop:pa55word@127.0.0.1:9/shop").unwrap();
    let found = report(&url).await;
    only(&found, "database", Level::Error);
    assert!(!found.to_string().contains("pa55word"), "{found}");
}
