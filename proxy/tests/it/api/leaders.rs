//! A database that changes its server, as after a failover, seen by users and by operators.

use futures_util::future::{join, join_all};
use login_store::DatabaseUrl;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use test_support::front::Front;
use wechat_login_proxy::commands::check::Level;

use super::check::{only_with, report_on};
use crate::support::*;

/// Changes a setting of this database, for connections to come.
async fn set(url: &str, setting: &str) -> PgConnection {
    let mut own = PgConnection::connect(url).await.unwrap();
    let change = format!(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET {setting}', current_database()); END $$"
    );
    own.execute(AssertSqlSafe(change)).await.unwrap();
    own
}

/// A database where each statement is told about those beside it, as distributed engines do it.
async fn serializable() -> String {
    let url = postgres::new_database().await;
    set(&url, "default_transaction_isolation = serializable").await;
    url
}

/// A proxy whose database is behind a load balancer.
async fn behind_a_front() -> (Front, String, Simulator, TestProxy) {
    let (front, database) = (Front::start().await, postgres::new_database().await);
    front.lead_to(&database);
    let url = front.before(&database);
    let (simulator, proxy) = simulated_with(&[("DATABASE_URL", &url)]).await;
    (front, database, simulator, proxy)
}

#[actix_web::test]
async fn a_login_is_written_once_there_is_a_leader_again_and_its_code_is_asked_about_once() {
    let (front, database, simulator, proxy) = behind_a_front().await;
    front.lead_nowhere();
    let code = simulator.issue_code(APPID, "xiaoming", Base);
    let login = async {
        let response = proxy.sign_in(&code, VERIFIER).await;
        response.session().await
    };
    let change = async {
        while front.turned_away() < 3 {
            actix_web::rt::time::sleep(Duration::from_millis(1)).await;
        }
        front.lead_to(&database);
    };
    let (session, ()) = tokio::join!(login, change);
    assert_eq!(session.openid, simulator.openid(APPID, "xiaoming"));
    let asked = simulator.requests();
    let asked = asked.iter().filter(|it| it.path.ends_with("/access_token"));
    assert_eq!(asked.count(), 1);
}

#[actix_web::test]
async fn sixteen_logins_of_one_person_at_once_all_succeed_where_each_meets_the_others() {
    let others = [
        ("DATABASE_URL", &*serializable().await),
        ("LIMITS__EXCHANGES_PER_CLIENT_PER_MINUTE", "100000"),
    ];
    let (simulator, proxy) = simulated_with(&others).await;
    for _ in 0..20 {
        let logins = (0..16).map(|_| proxy.log_in(&simulator, "xiaoming", Userinfo));
        join_all(logins).await;
    }
    let asked = simulator.requests();
    let asked = asked.iter().filter(|it| it.path.ends_with("/access_token"));
    assert_eq!(asked.count(), 320);
}

#[actix_web::test]
async fn a_record_written_beside_an_erasure_goes_along_or_is_written_after_it() {
    let proxy = proxy_on(DatabaseUrl::parse(&serializable().await).unwrap()).await;
    let backend = &backend(&proxy);
    let users = (0..8).map(|number| async move {
        let user = user_path("shop", &format!("oErasedBesideWrites{number}"));
        let record = format!("{user}/records/order/a");
        for _ in 0..10 {
            assert_eq!(backend.put(&user, "{}").await.code(), 200);
            assert_eq!(backend.put(&record, "1").await.code(), 201);
            let (put, erased) = join(backend.put(&record, "2"), backend.delete(&user)).await;
            assert_eq!(erased.code(), 200);
            let is_left = match put.code() {
                200 => 404,
                201 => 200,
                other => panic!("{other}"),
            };
            assert_eq!(backend.get(&record).await.code(), is_left);
            backend.delete(&user).await;
        }
    });
    join_all(users).await;
}

/// Not 500: nothing is wrong here, and callers who wait are served.
#[actix_web::test]
async fn while_nobody_is_reached_requests_are_asked_to_come_again_and_readiness_says_why() {
    let (front, _, _, proxy) = behind_a_front().await;
    let user = signed_in(&proxy, &session(OPENID));
    front.lead_nowhere();
    let (listed, ready) = tokio::join!(user.get("/api/records"), proxy.get("/readyz"));
    assert_eq!(listed.header("retry-after"), "1");
    listed.error(503, Internal).await;
    let line = line_of(&ready.error(503, Internal).await.request_id);
    let words = "closed before the server said a word";
    assert!(line.contains(words), "{line}");
}

#[actix_web::test]
async fn a_server_that_is_read_only_is_named_by_readiness_metrics_and_check() {
    let url = postgres::new_database().await;
    let proxy = TestProxy::alone_with(&[("DATABASE_URL", &url)]).await;
    let mut own = set(&url, "default_transaction_read_only = on").await;
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    own.execute(end).await.unwrap();
    let refused = proxy.get("/readyz").await.error(503, Internal).await;
    let line = line_of(&refused.request_id);
    assert!(line.contains("read-only (a standby?)"), "{line}");
    assert!(proxy.state.store.pool_status().given_up > 0);
    let config = config_with(NO_WECHAT, &[("DATABASE_URL", &url)]);
    let found = report_on(&config).await;
    only_with(&found, "database", Level::Error, "read-only (a standby?)");
}
