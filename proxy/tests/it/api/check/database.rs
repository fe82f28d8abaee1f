//! The database, looked at without a change.

use login_store::DatabaseUrl;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};
use test_support::pgbouncer::PgBouncer;
use wechat_login_proxy::commands::check::{Level, Report};

use super::{assert_fix, findings, only, only_with, report_on};
use crate::support::*;

async fn report(database: &str) -> Report {
    report_on(&config_with(NO_WECHAT, &[("DATABASE_URL", database)])).await
}

async fn open(url: &str) {
    drop(
        login_store::open(&DatabaseUrl::parse(url).unwrap())
            .await
            .unwrap(),
    );
}

/// The row of a migration, as it stands in a database.
fn migration(version: u32) -> String {
    format!(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES ({version}, 'another', TRUE, X'00', 0)"
    )
}

#[actix_web::test]
async fn a_file_is_absent_then_current_then_older_and_newer_than_this_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proxy.sqlite");
    let url = format!("sqlite:{}", path.display());

    only(&report(&url).await, "database", Level::Warning);
    assert!(!path.exists(), "looking must not create it");
    open(&url).await;
    only(&report(&url).await, "database", Level::Ok);

    let older = "DELETE FROM _sqlx_migrations WHERE version > 1".to_owned();
    for (change, level, words) in [
        (older, Level::Warning, "older version 1"),
        (migration(4), Level::Warning, "migration 4"),
        (migration(9000), Level::Error, "9000"),
    ] {
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        connection.execute(AssertSqlSafe(change)).await.unwrap();
        connection.close().await.unwrap();
        only_with(&report(&url).await, "database", level, words);
    }
}

#[actix_web::test]
async fn a_file_that_is_no_database_is_an_error_and_memory_a_warning() {
    let folder = folder_of(&[("db", &"no database, though long enough ".repeat(50))]);
    let url = format!("sqlite:{}", folder.path().join("db").display());
    only(&report(&url).await, "database", Level::Error);
    let found = report("sqlite::memory:").await;
    only_with(&found, "database", Level::Warning, "memory");
}

#[actix_web::test]
async fn a_damaged_file_is_an_error_with_the_way_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proxy.sqlite");
    let url = format!("sqlite:{}", path.display());
    assert_eq!(findings(&report(&url).await, "database_file").len(), 0);
    open(&url).await;
    only(&report(&url).await, "database_file", Level::Ok);
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 4096;
    bytes[last..].fill(0x5a);
    std::fs::write(&path, bytes).unwrap();
    let found = report(&url).await;
    let damaged = only_with(&found, "database_file", Level::Error, "is damaged: ");
    assert_fix(damaged, "wechat-login-proxy restore FILE");
}

#[actix_web::test]
async fn a_server_is_empty_then_current_then_newer_than_this_program() {
    let url = postgres::new_database().await;
    only(&report(&url).await, "database", Level::Warning);
    open(&url).await;
    only(&report(&url).await, "database", Level::Ok);
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let newer = "UPDATE _sqlx_migrations SET version = 9000 WHERE version = 3";
    connection.execute(newer).await.unwrap();
    only(&report(&url).await, "database", Level::Error);
}

#[actix_web::test]
async fn a_server_that_does_not_answer_is_an_error_without_its_password() {
    let found = report("postgres://shop:pa55word@127.0.0.1:9/shop").await;
    only(&found, "database", Level::Error);
    assert!(!found.to_string().contains("pa55word"), "{found}");
}

#[actix_web::test]
async fn the_way_to_a_server_and_a_pooler_on_it_are_told() {
    let url = postgres::new_database().await;
    let found = report(&url).await;
    let way = "database_connection";
    only_with(&found, way, Level::Ok, "does not leave this machine");
    assert!(!found.to_string().contains("A pooler"), "{found}");
    let pooler = PgBouncer::start(&url, "pool_mode = transaction\ndefault_pool_size = 1");
    open(&pooler.before(&url)).await;
    let found = report(&pooler.before(&url)).await;
    only(&found, "database", Level::Ok);
    only_with(&found, way, Level::Ok, "A pooler is in between");
}

/// Runs these statements as the server's superuser.
async fn as_superuser(url: &str, statements: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    for statement in statements.split(';') {
        let statement = AssertSqlSafe(statement.to_owned());
        connection.execute(statement).await.unwrap();
    }
}

#[actix_web::test]
async fn a_role_that_may_too_little_too_much_or_comes_too_seldom_is_found() {
    let url = postgres::new_database().await;
    let of_superuser = report(&url).await;
    only_with(&of_superuser, "database_role", Level::Warning, "superuser");
    as_superuser(&url, "CREATE ROLE lean LOGIN; CREATE SCHEMA lean").await;
    let lean = url.replace("postgres@", "lean@");
    for (change, level, words, starts) in [
        (
            "REVOKE ALL ON SCHEMA public FROM PUBLIC",
            Level::Error,
            "no schema",
            false,
        ),
        (
            "GRANT USAGE ON SCHEMA lean TO lean",
            Level::Error,
            "not make tables",
            false,
        ),
        (
            "GRANT CREATE ON SCHEMA lean TO lean",
            Level::Ok,
            "schema lean",
            true,
        ),
        (
            "REVOKE DELETE ON lean.scan FROM lean",
            Level::Error,
            "lacks DELETE on scan",
            true,
        ),
        (
            "GRANT DELETE ON lean.scan TO lean; ALTER ROLE lean CONNECTION LIMIT 10",
            Level::Warning,
            "10 connection(s)",
            true,
        ),
        (
            "ALTER ROLE lean CONNECTION LIMIT -1",
            Level::Ok,
            "may do what is needed",
            true,
        ),
    ] {
        as_superuser(&url, change).await;
        let opened = login_store::open(&DatabaseUrl::parse(&lean).unwrap()).await;
        assert_eq!(opened.is_ok(), starts, "{change}");
        if let Ok(store) = opened {
            store.close().await;
        }
        only_with(&report(&lean).await, "database_role", level, words);
    }
}

/// The server of this test alone wants passwords, and knows who may come.
#[actix_web::test]
async fn four_faults_of_a_connection_have_four_remedies() {
    let folder = tempfile::Builder::new().prefix("hba").tempdir().unwrap();
    let rules = "local all postgres trust\nlocal all known scram-sha-256\nlocal all absent trust\n";
    add_files(folder.path(), &[("pg_hba.conf", rules)]);
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).unwrap();
    let rules = format!("hba_file={}/pg_hba.conf", folder.path().display());
    let server = postgres::Server::start(&["-c", &rules]).unwrap();
    let url = server.new_database().await.unwrap();
    as_superuser(
        &url,
        "CREATE ROLE known LOGIN PASSWORD 'right'; CREATE ROLE stranger LOGIN",
    )
    .await;
    for (from, to, fix) in [
        ("postgres@", "known:wrong@", "ALTER ROLE … PASSWORD"),
        ("postgres@", "absent@", "CREATE ROLE"),
        ("postgres@", "stranger@", "pg_hba.conf, and reload"),
        ("database_0", "database_9", "CREATE DATABASE"),
        ("?host=", "?host=/nowhere", "listen_addresses"),
    ] {
        let found = report(&url.replace(from, to)).await;
        assert_fix(only(&found, "database", Level::Error), fix);
        assert!(!found.to_string().contains("wrong"), "{found}");
    }
    only(
        &report(&url.replace("postgres@", "known:right@")).await,
        "database",
        Level::Warning,
    );
}
