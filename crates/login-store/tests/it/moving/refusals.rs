//! What is not moved, and why.

use login_store::{Error, MoveError, Store};
use sqlx::{Connection as _, Executor as _};

use super::{Moving, connect};

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

#[tokio::test]
async fn a_server_that_takes_no_writes_or_is_of_a_later_era_is_refused() {
    let moving = Moving::new().await;
    moving.database.open().await.close().await;
    for (change, words) in [
        (
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
            SELECT 9000, 'newer', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
            "a newer version of this program has made",
        ),
        (
            "DO $$ BEGIN EXECUTE format(
                'ALTER DATABASE %I SET default_transaction_read_only = on', current_database()
            ); END $$",
            "the server is read-only",
        ),
    ] {
        moving.database.execute(change).await;
        let error = moving.run().await.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
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
