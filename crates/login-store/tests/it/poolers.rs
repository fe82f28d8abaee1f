//! PgBouncer between us and PostgreSQL: what the contract does not show.

use std::sync::Arc;

use std::time::Duration;

use futures_util::future::join_all;
use login_store::{DatabaseUrl, Error, connection, inspect};
use test_support::pgbouncer::PgBouncer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Mutex;

use crate::samples::{Database, known, silent_login};

/// A database, and its address behind such a pooler.
async fn behind(lines: &str) -> (Database, PgBouncer, DatabaseUrl) {
    let url = test_support::postgres::new_database().await;
    let pooler = PgBouncer::start(&url, lines);
    let through = DatabaseUrl::parse(&pooler.before(&url)).unwrap();
    (Database::at(&url, None), pooler, through)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_replicas_share_one_session_in_transaction_mode() {
    let (_database, _pooler, url) = behind("pool_mode = transaction\ndefault_pool_size = 1").await;
    let replicas = join_all((0..3).map(|_| login_store::open(&url))).await;
    let replicas: Vec<_> = replicas.into_iter().map(Result::unwrap).collect();
    let logins = (0..60).map(|number| {
        let store = replicas[number % 3].clone();
        async move {
            store
                .upsert_identity(&silent_login(1 + number as u64))
                .await
        }
    });
    for login in join_all(logins).await {
        login.unwrap();
    }
    assert_eq!(known(&*replicas[0]).await.unwrap().last_seen, 60);
}

/// What others have left in the session we are given, and what we leave to them: settings, and statements they have
/// prepared by SQL or by the protocol, which newer poolers keep apart.
#[tokio::test]
async fn others_who_share_a_session_find_it_as_they_left_it_and_nothing_found_there_matters() {
    let (database, pooler, url) = behind("pool_mode = transaction\ndefault_pool_size = 1").await;
    let mut other = database.connect_through(&pooler).await;
    let own = "SELECT 1 + $1";
    let prepared = sqlx::query_scalar::<_, i32>(own).bind(1);
    assert_eq!(prepared.fetch_one(&mut other).await.unwrap(), 2);
    let left = "SET statement_timeout = 1000; SET lock_timeout = 1000;
        PREPARE sqlx_s_2 AS SELECT 1; PREPARE sqlx_s_3 AS SELECT 2";
    sqlx::raw_sql(left).execute(&mut other).await.unwrap();
    let store = login_store::open(&url).await.unwrap();
    store.upsert_identity(&silent_login(1)).await.unwrap();
    store.ping().await.unwrap();
    let found = "SELECT current_setting('statement_timeout') || current_setting('lock_timeout')
        || (SELECT count(*) FROM pg_prepared_statements)";
    let found = sqlx::raw_sql(found).fetch_one(&mut other).await.unwrap();
    assert_eq!(sqlx::Row::get::<String, _>(&found, 0), "1s1s3");
    let prepared = sqlx::query_scalar::<_, i32>(own).bind(2);
    assert_eq!(prepared.fetch_one(&mut other).await.unwrap(), 3);
    let by_sql = sqlx::raw_sql("EXECUTE sqlx_s_2");
    by_sql.execute(&mut other).await.unwrap();
}

/// Given back then, the connection would be in a transaction that nobody ends, and so would the pooler's.
#[tokio::test]
async fn whoever_goes_away_before_there_is_a_session_leaves_no_transaction() {
    let (database, pooler, url) = behind("pool_mode = transaction\ndefault_pool_size = 1").await;
    let store = login_store::open(&url).await.unwrap();
    let mut other = database.connect_through(&pooler).await;
    let held = sqlx::Connection::begin(&mut other).await.unwrap();
    let login = silent_login(1);
    let login = store.upsert_identity(&login);
    // The only session is held, so that it has got as far as it can.
    let gone = tokio::time::timeout(Duration::from_millis(100), login).await;
    gone.unwrap_err();
    held.commit().await.unwrap();
    sqlx::raw_sql("SELECT 1").execute(&mut other).await.unwrap();
    store.upsert_identity(&silent_login(2)).await.unwrap();
    sqlx::raw_sql("SELECT 1").execute(&mut other).await.unwrap();
}

#[tokio::test]
async fn a_session_mode_that_cannot_serve_us_is_refused_with_the_line_to_change() {
    let (_database, _pooler, url) = behind("pool_mode = session\ndefault_pool_size = 9").await;
    let error = login_store::open(&url).await.err().unwrap();
    assert!(matches!(error, Error::Pooler(10)), "{error}");
    assert!(
        error.to_string().contains("default_pool_size = 10"),
        "{error}"
    );
}

#[tokio::test]
async fn a_session_mode_with_room_for_us_works() {
    let (_database, _pooler, url) = behind("pool_mode = session\ndefault_pool_size = 10").await;
    let store = login_store::open(&url).await.unwrap();
    let logins = (1..=40).map(|second| {
        let store = store.clone();
        async move { store.upsert_identity(&silent_login(second)).await.unwrap() }
    });
    join_all(logins).await;
    assert_eq!(known(&*store).await.unwrap().last_seen, 40);
}

#[tokio::test]
async fn statement_mode_is_refused_with_the_line_to_change() {
    let (_database, _pooler, url) = behind("pool_mode = statement").await;
    for error in [
        login_store::open(&url).await.err().unwrap(),
        inspect(&url).await.unwrap_err(),
    ] {
        assert!(
            error.to_string().contains("write pool_mode = transaction"),
            "{error}"
        );
    }
}

/// What the server answers to this, to the end.
async fn answer(server: &mut UnixStream, asked: &[u8]) -> Vec<u8> {
    server.write_all(asked).await.unwrap();
    let mut answer = Vec::new();
    // It is ready for more.
    while !answer.ends_with(b"Z\0\0\0\x05I") {
        server.read_buf(&mut answer).await.unwrap();
    }
    answer
}

/// A pooler that begins its one session as whoever comes first says, and gives it to all, as pgagroal 1.6 does.
async fn serve_by_one_session(listener: UnixListener, server: UnixStream) {
    let shared = Arc::new(Mutex::new((server, Vec::new())));
    loop {
        let (mut client, _) = listener.accept().await.unwrap();
        let shared = shared.clone();
        tokio::spawn(async move {
            let mut asked = [0; 4096];
            while let Ok(length @ 1..) = client.read(&mut asked).await {
                let (server, welcome) = &mut *shared.lock().await;
                let answer = match asked[0] {
                    b'X' => return,
                    // No TLS.
                    0 if length == 8 => b"N".to_vec(),
                    0 if !welcome.is_empty() => welcome.clone(),
                    0 => {
                        *welcome = answer(server, &asked[..length]).await;
                        welcome.clone()
                    }
                    _ => answer(server, &asked[..length]).await,
                };
                client.write_all(&answer).await.unwrap();
            }
        });
    }
}

/// Taken for the server itself, it would give our prepared statements to others, and theirs to us.
#[tokio::test]
async fn a_pooler_whose_session_has_a_name_of_ours_is_known_for_one() {
    let url = test_support::postgres::new_database().await;
    let folder = tempfile::tempdir().unwrap();
    let (_, of_server) = url.split_once("?host=").unwrap();
    let server = UnixStream::connect(format!("{of_server}/.s.PGSQL.5432"));
    let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
    tokio::spawn(serve_by_one_session(listener, server.await.unwrap()));
    let through = url.replace(of_server, folder.path().to_str().unwrap());
    for (url, is_pooled) in [(&url, false), (&through, true)] {
        let Ok(DatabaseUrl::Postgres(url)) = DatabaseUrl::parse(url) else {
            panic!("{url}");
        };
        assert_eq!(connection(&url).await.unwrap().is_pooled, is_pooled);
    }
}
