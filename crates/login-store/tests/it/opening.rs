//! Opening a database: what is created, what is refused, that replicas may start at once, and that they work on tables
//! a newer version has added to.

use std::path::Path;

use futures_util::future::join_all;
use login_store::{DatabaseUrl, Error, SqliteStore, Store, Tables, inspect};

use crate::samples::{
    Database, SHOP, XIAOMING, full_login, id, known, owner, put, run_script, silent_login,
};

/// What a version of the program that is not written yet leaves behind.
pub(crate) const NEWER: &str =
    "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
    SELECT 9000, 'newer', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";

/// What a future release might add, and how it is noted.
const ADDED: &str = "ALTER TABLE identity ADD COLUMN invited_by TEXT;
    CREATE INDEX record_by_kind ON record (appid, kind, updated_at);
    INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
    SELECT 4, 'invited_by', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";

/// A released file that somebody has changed since.
pub(crate) const CHANGED: &str = "UPDATE _sqlx_migrations SET checksum =
    (SELECT checksum FROM _sqlx_migrations WHERE version = 2) WHERE version = 1";

async fn refused(url: &DatabaseUrl) -> Error {
    login_store::open(url).await.err().expect("it was opened")
}

fn mode_of(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Openids, names and purchases are nobody's business on a machine with several users.
#[tokio::test]
async fn a_file_and_its_folder_are_created_for_its_owner_alone_and_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/folder/proxy.sqlite");
    let told = {
        let store = SqliteStore::open_file(&path).await.unwrap();
        let told = store.upsert_identity(&full_login(10)).await.unwrap();
        for name in ["proxy.sqlite", "proxy.sqlite-wal", "proxy.sqlite-shm"] {
            assert_eq!(mode_of(&path.with_file_name(name)), 0o600, "{name}");
        }
        told
    };
    let store = SqliteStore::open_file(&path).await.unwrap();
    store.ping().await.unwrap();
    assert_eq!(known(&store).await, Some(told));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proxy.sqlite");
    let text = "not a database, though long enough to look at".repeat(50);
    std::fs::write(&path, &text).unwrap();
    assert!(SqliteStore::open_file(&path).await.is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_replicas_can_start_at_once_on_an_empty_database() {
    for database in Database::lasting().await {
        let replicas = (0..8).map(|_| {
            let url = database.url.clone();
            tokio::spawn(async move { login_store::open(&url).await })
        });
        let stores = join_all(replicas).await.into_iter();
        let stores: Vec<_> = stores.map(|store| store.unwrap().unwrap()).collect();
        for (second, store) in (1..).zip(&stores) {
            store.upsert_identity(&silent_login(second)).await.unwrap();
        }
        assert_eq!(known(&*stores[7]).await.unwrap().last_seen, 8);
    }
}

#[tokio::test]
async fn tables_of_a_newer_version_or_of_a_changed_migration_are_refused() {
    for (change, error, words) in [
        (NEWER, "Newer(9000)", "newer version"),
        (CHANGED, "Changed(1)", "migration 1"),
    ] {
        for database in Database::lasting().await {
            drop(database.open().await);
            database.execute(change).await;
            let met = refused(&database.url).await;
            assert_eq!(format!("{met:?}"), error);
            assert!(met.to_string().contains(words), "{met}");
        }
    }
}

async fn assert_works(store: &dyn Store, key: &str) {
    let told = store.upsert_identity(&full_login(10)).await.unwrap();
    assert_eq!(known(store).await, Some(told));
    let id = id(&owner(SHOP, XIAOMING), "order", key);
    put(store, &id, "1", 10).await;
    let record = store.get_record(&id).await.unwrap().unwrap();
    assert_eq!(record.value.as_str(), "1");
}

/// The one that runs while the tables are changed, and one that is started on the changed tables.
#[tokio::test]
async fn an_older_version_starts_and_works_on_tables_that_a_newer_one_has_added_to() {
    for database in Database::lasting().await {
        let running = database.open().await;
        assert_works(&*running, "before").await;
        database.execute(ADDED).await;
        assert_works(&*running, "meanwhile").await;
        let restarted = database.open().await;
        assert_works(&*restarted, "afterwards").await;
        assert_works(&*running, "still").await;
        assert_eq!(inspect(&database.url).await.unwrap(), Tables::Extended(4));
        let records = restarted.count_records(&owner(SHOP, XIAOMING)).await;
        assert_eq!(records.unwrap(), 4);
    }
}

/// The pool itself would only say that time ran out.
#[tokio::test]
async fn where_nobody_listens_the_error_says_so_without_the_password() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let url = format!("postgres://me:passwordOfTests@127.0.0.1:{port}/db");
    let url = DatabaseUrl::parse(&url).unwrap();
    assert!(!format!("{url:?}").contains("passwordOfTests"));
    let error = refused(&url).await;
    let words = format!("{error} {error:?}");
    assert!(words.contains("refused"), "{words}");
    assert!(!words.contains("passwordOfTests"), "{words}");
}

/// As load balancers do that have no server at the moment.
#[tokio::test]
async fn where_a_connection_is_taken_and_closed_nobody_is_reached_and_asking_again_helps() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            // Read first, so that it ends without a complaint about what was not.
            let _ = std::io::Read::read(&mut connection.unwrap(), &mut [0; 64]);
        }
    });
    let url = DatabaseUrl::parse(&format!("postgres://me@127.0.0.1:{port}/db")).unwrap();
    let error = refused(&url).await;
    assert!(error.is_passing(), "{error}");
    let words = "closed before the server said a word";
    assert!(error.to_string().contains(words), "{error}");
}

/// Played by PostgreSQL, which has nothing to distribute to: that the file is well-formed and leaves nobody out.
#[tokio::test]
async fn the_file_for_citus_distributes_every_table_of_users() {
    let database = Database::postgres().await;
    drop(database.open().await);
    let citus = "CREATE TABLE told (it TEXT);
        CREATE FUNCTION create_distributed_table(regclass, text, colocate_with text DEFAULT 'nothing')
        RETURNS void LANGUAGE SQL AS 'INSERT INTO told VALUES ($1 || $$ by $$ || $2 || $$ with $$ || $3)'";
    database.execute(citus).await;
    let mut own = database.connect().await;
    let file = include_str!("../../../../docs/deploy/distribute.sql");
    run_script(&mut own, file).await;
    let told = sqlx::query_scalar("SELECT it FROM told").fetch_all(&mut own);
    let told: Vec<String> = told.await.unwrap();
    assert_eq!(
        told,
        [
            "identity by openid with nothing",
            "record by openid with identity"
        ]
    );
    let of_users = "SELECT count(*) FROM information_schema.columns WHERE column_name = 'openid'";
    let of_users = sqlx::query_scalar(of_users).fetch_one(&mut own);
    let of_users: i64 = of_users.await.unwrap();
    // With that of scans, which are over in minutes.
    assert_eq!(of_users, 3);
    let keys = "SELECT count(*) FROM information_schema.table_constraints
        WHERE constraint_type = 'FOREIGN KEY' AND table_name = 'scan'";
    let keys: i64 = sqlx::query_scalar(keys).fetch_one(&mut own).await.unwrap();
    assert_eq!(keys, 0);
}
