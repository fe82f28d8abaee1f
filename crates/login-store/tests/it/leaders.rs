//! Servers that change, as after a failover: what is given up, what is done again, and what is answered meanwhile.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{join_all, join4};
use login_store::{DatabaseUrl, Error, Precondition, Store, Written, inspect};
use sqlx::Connection as _;
use test_support::front::Front;
use test_support::postgres::Server;

use crate::samples::{
    Database, SHOP, XIAOMING, draft, full_login, id, known, note, owner, put, silent_login,
    xiaoming,
};

async fn server() -> (Server, Database) {
    let server = Server::start(&["-c", "fsync=off"]).unwrap();
    let database = Database::at(&server.new_database().await.unwrap(), None);
    (server, database)
}

async fn use_all_connections(store: &Arc<dyn Store>) {
    let work = |second| {
        let store = store.clone();
        tokio::spawn(async move {
            store.upsert_identity(&silent_login(second)).await.unwrap();
            known(&*store).await
        })
    };
    join_all((1..40).map(work)).await;
}

/// A store behind a balancer that leads to the old server at first, with all connections that there can be.
async fn before(old: &Database, new: &Database) -> (Front, Arc<dyn Store>) {
    xiaoming(&*new.open().await).await;
    let front = Front::start().await;
    front.lead_to(&old.own);
    let url = DatabaseUrl::parse(&front.before(&old.own)).unwrap();
    let store = login_store::open(&url).await.unwrap();
    use_all_connections(&store).await;
    (front, store)
}

fn first_order(json: &str) -> login_store::RecordDraft {
    draft(&id(&owner(SHOP, XIAOMING), "order", "1"), json, 5)
}

const TAKE_NO_WRITES: &str = "ALTER SYSTEM SET default_transaction_read_only = on";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_that_became_a_standby_is_left_for_the_new_one_without_a_failed_write() {
    let ((_old, old), (_new, new)) = (server().await, server().await);
    let (front, store) = before(&old, &new).await;

    front.lead_to(&new.own);
    old.execute(TAKE_NO_WRITES).await;
    old.execute("SELECT pg_reload_conf()").await;
    // The old server's processes hear of it one after the other.
    while store.pool_status().given_up == 0 {
        store.upsert_identity(&silent_login(50)).await.unwrap();
    }
    store.upsert_identity(&silent_login(60)).await.unwrap();
    // What reads would find what was, there.
    assert_eq!(known(&*store).await.unwrap().last_seen, 60);
    assert_eq!(known(&*new.open().await).await.unwrap().last_seen, 60);
    store.ping().await.unwrap();
}

/// A connection to such a machine stays for a quarter of an hour, for all the network says.
#[tokio::test]
async fn a_leader_that_says_nothing_more_is_left_for_the_new_one() {
    let ((_old, old), (_new, new)) = (server().await, server().await);
    let (front, store) = before(&old, &new).await;

    let mut other = old.connect().await;
    let mut changing = other.begin().await.unwrap();
    let lock = sqlx::raw_sql("LOCK TABLE identity").execute(&mut *changing);
    lock.await.unwrap();
    let login = |store: Arc<dyn Store>, second| async move {
        store.upsert_identity(&silent_login(second)).await
    };
    let gone: Vec<_> = (0..9)
        .map(|it| tokio::spawn(login(store.clone(), it)))
        .collect();
    let patient = tokio::spawn(login(store.clone(), 60));
    old.until_somebody_waits().await;
    front.fall_silent();
    front.lead_to(&new.own);
    // Whoever goes away must not leave the connection to wait for ever.
    for task in &gone {
        task.abort();
    }
    assert_eq!(patient.await.unwrap().unwrap().last_seen, 60);
    use_all_connections(&store).await;
    assert_eq!(known(&*new.open().await).await.unwrap().last_seen, 60);
    store.close().await;
}

/// Nobody was at work on them.
#[tokio::test]
async fn connections_whose_server_is_gone_are_found_out_before_they_are_used() {
    let ((_old, old), (_new, new)) = (server().await, server().await);
    let (front, store) = before(&old, &new).await;
    front.fall_silent();
    front.lead_to(&new.own);
    // Then none is trusted as one just in use.
    tokio::time::sleep(Duration::from_millis(150)).await;
    store.upsert_identity(&silent_login(60)).await.unwrap();
    assert_eq!(known(&*store).await.unwrap().last_seen, 60);
    assert!(store.pool_status().given_up > 0);
}

#[tokio::test]
async fn where_no_server_takes_writes_everything_says_so_and_asking_again_helps() {
    let (_server, database) = server().await;
    let store = database.open().await;
    xiaoming(&*store).await;
    database.execute(TAKE_NO_WRITES).await;
    database.execute("SELECT pg_reload_conf()").await;
    let first_order = first_order("1");
    join4(
        says_so(async || {
            let written = store.put_record(&first_order, Precondition::None).await;
            written.map(drop)
        }),
        says_so(async || store.ping().await),
        says_so(async || login_store::open(&database.url).await.map(drop)),
        says_so(async || inspect(&database.url).await.map(drop)),
    )
    .await;
}

/// The server's processes hear of it one after the other, and on a slow machine an attempt may find out nothing in its time.
async fn says_so(ask: impl AsyncFn() -> Result<(), Error>) {
    for _ in 0..1_000 {
        match ask().await {
            Ok(()) => tokio::time::sleep(Duration::from_millis(10)).await,
            Err(error @ Error::ReadOnly) => {
                assert!(error.is_passing());
                let words = "read-only (a standby?)";
                return assert!(error.to_string().contains(words), "{error}");
            }
            Err(error) => assert!(error.is_passing(), "{error}"),
        }
    }
    panic!("nobody says that the server is read-only");
}

#[tokio::test]
async fn a_login_waits_until_there_is_a_leader_again() {
    let front = Front::start().await;
    let database = Database::postgres().await;
    front.lead_to(&database.own);
    let url = DatabaseUrl::parse(&front.before(&database.own)).unwrap();
    let store = login_store::open(&url).await.unwrap();
    front.lead_nowhere();
    let login = tokio::spawn({
        let store = store.clone();
        async move { store.upsert_identity(&full_login(9)).await }
    });
    while front.turned_away() < 3 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    front.lead_to(&database.own);
    assert_eq!(login.await.unwrap().unwrap().last_seen, 9);
}

/// Whatever the reason.
#[tokio::test]
async fn where_no_connection_can_be_made_asking_again_helps() {
    let front = Front::start().await;
    let database = Database::postgres().await;
    front.lead_to(&database.own);
    let refused = database.of_visitor().await;
    let visitor = front.before(&database.own.replace("postgres@", "visitor@"));
    let url = DatabaseUrl::parse(&visitor).unwrap();
    let behind = login_store::open(&url).await.unwrap();
    front.lead_nowhere();
    database
        .execute(
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT 0', current_database()); END $$;
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await;
    for error in join_all([known_error(&*behind), known_error(&*refused)]).await {
        assert!(error.is_passing(), "{error:?}");
    }
}

async fn known_error(store: &dyn Store) -> Error {
    let owner = owner(SHOP, XIAOMING);
    let known = store.find_identity(&owner.appid, &owner.openid).await;
    known.unwrap_err()
}

/// Does some work while somebody else has done this to 小明 and not ended yet: it has looked before, and must wait.
async fn meanwhile<T>(
    database: &Database,
    change: &'static str,
    is_cut: bool,
    work: impl Future<Output = T>,
) -> T {
    let mut other = database.connect().await;
    let mut changing = other.begin().await.unwrap();
    let held = sqlx::raw_sql(change).execute(&mut *changing).await;
    held.unwrap();
    let end = async {
        database.until_somebody_waits().await;
        if is_cut {
            database
                .execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'",
                )
                .await;
        }
        changing.commit().await.unwrap();
    };
    tokio::join!(work, end).0
}

const RENAME: &str = "UPDATE identity SET nickname = 'renamed'";

const ISOLATE: &str = "DO $$ BEGIN EXECUTE format(
    'ALTER DATABASE %I SET default_transaction_isolation = serializable', current_database()); END $$";

/// As distributed engines do it: somebody who met another one is told to do it again.
#[tokio::test]
async fn what_met_somebody_else_is_done_again() {
    let database = Database::postgres().await;
    xiaoming(&*database.open().await).await;
    database.execute(ISOLATE).await;
    let store = database.open().await;
    let login = silent_login(30);
    let login = store.upsert_identity(&login);
    let login = meanwhile(&database, RENAME, false, login).await.unwrap();
    assert_eq!(login.profile.unwrap().nickname, "renamed");

    let order = first_order("1");
    put(&*store, &order.id, "0", 1).await;
    let change = "UPDATE record SET value = '5', version = version + 1";
    let write = store.put_record(&order, Precondition::None);
    let written = meanwhile(&database, change, false, write).await.unwrap();
    assert!(matches!(written, Written::Replaced(it) if it.value.as_str() == "1"));
    let deletion = store.delete_record(&order.id, None);
    assert!(meanwhile(&database, change, false, deletion).await.unwrap());
}

#[tokio::test]
async fn many_logins_of_one_user_at_once_all_succeed_where_each_meets_the_others() {
    let database = Database::postgres().await;
    database.execute(ISOLATE).await;
    let store = database.open().await;
    xiaoming(&*store).await;
    let logins = crate::identities::concurrent_logins_of_one_user_all_succeed(&*store);
    meanwhile(&database, RENAME, false, logins).await;
}

/// Nobody knows then whether it was done. A login can be noted twice; a record may have been written over since.
#[tokio::test]
async fn a_login_whose_connection_was_lost_is_noted_again_and_a_record_is_not_written_again() {
    let database = Database::postgres().await;
    let store = database.open().await;
    xiaoming(&*store).await;
    let login = silent_login(30);
    let login = store.upsert_identity(&login);
    let login = meanwhile(&database, RENAME, true, login).await.unwrap();
    assert_eq!(login.last_seen, 30);

    let order = first_order("1");
    put(&*store, &order.id, "0", 1).await;
    let change = "UPDATE record SET value = '5'";
    let write = store.put_record(&order, Precondition::None);
    let refused = meanwhile(&database, change, true, write).await;
    let error = refused.unwrap_err();
    assert!(error.is_passing(), "{error}");
    let kept = store.get_record(&order.id).await.unwrap().unwrap();
    assert_eq!(kept.value.as_str(), "5");
}

/// As many as there can be wait for a standby that does not answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reading_goes_on_while_all_that_write_wait_for_a_standby() {
    let (_server, database) = server().await;
    let store = database.open().await;
    xiaoming(&*store).await;
    database
        .execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        .await;
    database.execute("SELECT pg_reload_conf()").await;
    let writes: Vec<_> = (0..20)
        .map(|number| {
            let store = store.clone();
            // Not one user, for whom they would wait for each other.
            let user = owner(SHOP, &format!("o{number}"));
            tokio::spawn(async move {
                // The server's processes hear of it one after the other.
                loop {
                    note(&*store, &user, None, None).await;
                }
            })
        })
        .collect();
    let mut own = database.connect().await;
    let waiting = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event = 'SyncRep'";
    while sqlx::query_scalar::<_, i64>(waiting)
        .fetch_one(&mut own)
        .await
        .unwrap()
        < 6
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(known(&*store).await.is_some());
    store.ping().await.unwrap();
    for write in writes {
        write.abort();
    }
    // Whoever gave up has left a connection that still hangs.
    assert!(known(&*store).await.is_some());
    store.ping().await.unwrap();
}
