//! Tables that a newer version has added to, while this one still runs on them.

use login_store::DatabaseUrl;
use login_store::{Error, Store, Tables};
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};

use crate::postgres;
use crate::samples::{SHOP, XIAOMING, full_login, id, owner, put};

/// What a future release might add, and how it is noted.
const ADDED: [&str; 3] = [
    "ALTER TABLE identity ADD COLUMN invited_by TEXT",
    "CREATE INDEX record_by_kind ON record (appid, kind, updated_at)",
    "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
     SELECT 3, 'invited_by', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
];

/// A released file that somebody has changed since.
const CHANGED: &str = "UPDATE _sqlx_migrations SET checksum =
    (SELECT checksum FROM _sqlx_migrations WHERE version = 2) WHERE version = 1";

async fn execute(url: &DatabaseUrl, statements: &[&'static str]) {
    match url {
        DatabaseUrl::SqliteFile(path) => {
            let address = format!("sqlite:{}", path.display());
            let mut connection = SqliteConnection::connect(&address).await.unwrap();
            for statement in statements {
                connection.execute(*statement).await.unwrap();
            }
        }
        DatabaseUrl::Postgres(address) => {
            let mut connection = PgConnection::connect(address.expose()).await.unwrap();
            for statement in statements {
                connection.execute(*statement).await.unwrap();
            }
        }
        DatabaseUrl::SqliteMemory => panic!("nobody else reaches it"),
    }
}

async fn assert_works(store: &dyn Store, key: &str) {
    let known = store.upsert_identity(&full_login(10)).await.unwrap();
    let found = store.find_identity(&known.appid, &known.openid).await;
    assert_eq!(found.unwrap(), Some(known));
    put(store, &id(&owner(SHOP, XIAOMING), "order", key), "1", 10).await;
    let record = store
        .get_record(&id(&owner(SHOP, XIAOMING), "order", key))
        .await;
    assert_eq!(record.unwrap().unwrap().value.as_str(), "1");
}

/// The one that runs while the tables are changed, and one that is started on the changed tables.
async fn assert_an_older_version_goes_on(url: DatabaseUrl) {
    let running = login_store::open(&url).await.unwrap();
    assert_works(&*running, "before").await;
    execute(&url, &ADDED).await;
    assert_works(&*running, "meanwhile").await;
    let restarted = login_store::open(&url).await.unwrap();
    assert_works(&*restarted, "afterwards").await;
    assert_works(&*running, "still").await;
    assert_eq!(
        login_store::inspect(&url).await.unwrap(),
        Tables::Extended(3)
    );
    assert_eq!(
        restarted
            .count_records(&owner(SHOP, XIAOMING))
            .await
            .unwrap(),
        4
    );
}

async fn assert_a_changed_migration_is_refused(url: DatabaseUrl) {
    drop(login_store::open(&url).await.unwrap());
    execute(&url, &[CHANGED]).await;
    let Err(error) = login_store::open(&url).await else {
        panic!("opened");
    };
    assert!(matches!(error, Error::Changed(1)), "{error}");
    assert!(error.to_string().contains("migration 1"), "{error}");
}

#[tokio::test]
async fn an_older_version_starts_and_works_on_a_file_that_a_newer_one_has_added_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proxy.sqlite");
    assert_an_older_version_goes_on(DatabaseUrl::SqliteFile(path)).await;
}

#[tokio::test]
async fn an_older_version_starts_and_works_on_a_server_that_a_newer_one_has_added_to() {
    let url = DatabaseUrl::Postgres(postgres::new_database().await);
    assert_an_older_version_goes_on(url).await;
}

#[tokio::test]
async fn a_file_with_a_migration_that_was_changed_since_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proxy.sqlite");
    assert_a_changed_migration_is_refused(DatabaseUrl::SqliteFile(path)).await;
}

#[tokio::test]
async fn a_server_with_a_migration_that_was_changed_since_is_refused() {
    let url = DatabaseUrl::Postgres(postgres::new_database().await);
    assert_a_changed_migration_is_refused(url).await;
}
