//! Opening a database: what is created, what is refused, and that replicas may start at once.

use futures_util::future::join_all;
use login_store::DatabaseUrl;
use login_store::{Error, SqliteStore, Store};
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};

use crate::postgres;
use crate::samples::{full_login, silent_login, xiaoming};

/// What a version of the program that is not written yet leaves behind.
const NEWER: &str =
    "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
    SELECT 9000, 'newer', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";

#[tokio::test]
async fn a_file_and_its_folder_are_created_and_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/folder/proxy.sqlite");
    let known = {
        let store = SqliteStore::open_file(&path).await.unwrap();
        store.upsert_identity(&full_login(10)).await.unwrap()
    };
    let store = SqliteStore::open_file(&path).await.unwrap();
    store.ping().await.unwrap();
    assert_eq!(
        store
            .find_identity(&known.appid, &known.openid)
            .await
            .unwrap(),
        Some(known.clone())
    );
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proxy.sqlite");
    std::fs::write(
        &path,
        "not a database, though long enough to look at".repeat(50),
    )
    .unwrap();
    assert!(SqliteStore::open_file(&path).await.is_err());
    assert!(
        std::fs::read_to_string(&path)
            .unwrap()
            .starts_with("not a database")
    );
}

/// Opens an empty database eight times at once, each in a task of its own, and uses it through all of them.
async fn assert_eight_replicas_can_start_at_once(url: DatabaseUrl) {
    let replicas = (0..8).map(|_| {
        let url = url.clone();
        tokio::spawn(async move { login_store::open(&url).await })
    });
    let stores: Vec<_> = join_all(replicas)
        .await
        .into_iter()
        .map(|store| store.unwrap().unwrap())
        .collect();
    for (second, store) in (1..).zip(&stores) {
        store.upsert_identity(&silent_login(second)).await.unwrap();
    }
    let owner = xiaoming(&*stores[0]).await;
    let known = stores[7].find_identity(&owner.appid, &owner.openid).await;
    assert_eq!(known.unwrap().unwrap().last_seen, 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_replicas_can_start_at_once_on_an_empty_postgres() {
    let url = DatabaseUrl::Postgres(postgres::new_database().await);
    assert_eight_replicas_can_start_at_once(url).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_processes_can_start_at_once_on_a_missing_file() {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::SqliteFile(folder.path().join("proxy.sqlite"));
    assert_eight_replicas_can_start_at_once(url).await;
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proxy.sqlite");
    drop(SqliteStore::open_file(&path).await.unwrap());
    let address = format!("sqlite:{}", path.display());
    let mut connection = SqliteConnection::connect(&address).await.unwrap();
    connection.execute(NEWER).await.unwrap();
    let error = SqliteStore::open_file(&path).await.unwrap_err();
    assert!(matches!(error, Error::Newer(9000)), "{error}");
}

#[tokio::test]
async fn a_server_of_a_newer_version_is_refused() {
    let address = postgres::new_database().await;
    let url = DatabaseUrl::Postgres(address.clone());
    drop(login_store::open(&url).await.unwrap());
    let mut connection = PgConnection::connect(address.expose()).await.unwrap();
    connection.execute(NEWER).await.unwrap();
    let Err(error) = login_store::open(&url).await else {
        panic!("opened");
    };
    assert!(error.to_string().contains("newer version"), "{error}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_error_without_the_password() {
    let url = DatabaseUrl::parse("postgres://me:passwordOfTests@127.0.0.1:1/db").unwrap();
    assert!(!format!("{url:?}").contains("passwordOfTests"));
    let Err(error) = login_store::open(&url).await else {
        panic!("opened");
    };
    assert!(!format!("{error} {error:?}").contains("passwordOfTests"));
}

/// Openids, names and purchases are nobody's business on a machine with several users.
#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_a_new_sqlite_file_and_its_log() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open_file(&folder.path().join("proxy.sqlite"))
        .await
        .unwrap();
    store.ping().await.unwrap();
    for name in ["proxy.sqlite", "proxy.sqlite-wal", "proxy.sqlite-shm"] {
        let mode = std::fs::metadata(folder.path().join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

/// The pool itself would only say that time ran out.
#[tokio::test]
async fn where_nobody_listens_the_error_says_so() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let url = DatabaseUrl::parse(&format!("postgres://postgres@127.0.0.1:{port}/proxy")).unwrap();
    let Err(error) = login_store::open(&url).await else {
        panic!("there is no server");
    };
    let words = error.to_string();
    assert!(words.contains("refused"), "{words}");
}
