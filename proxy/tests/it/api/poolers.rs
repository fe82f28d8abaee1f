//! Logins with PgBouncer between the proxy and its database, and what a proxy says that cannot work with what it finds.

use futures_util::future::join_all;
use sqlx::{Connection as _, PgConnection};
use test_support::pgbouncer::PgBouncer;
use test_support::replica::Replica;
use wechat_simulator::GrantedScope;

use crate::life_cycle::site::Settings;
use crate::support::*;

/// Two replicas through a pooler with these settings; forty people log in, four times each, on one and the other.
async fn forty_people_log_in(lines: &str) {
    let database = postgres::new_database().await;
    let pooler = PgBouncer::start(&database, lines);
    let url = pooler.before(&database);
    let simulator = Simulator::start().await.unwrap();
    let start = async || {
        let mut config = config_with(&simulator.base_url(), &[("DATABASE_URL", &url)]);
        // A busy machine may keep this side from sending.
        config.limits.timeouts.head = Duration::from_secs(60);
        TestProxy::start_with(config).await
    };
    let (one, other) = (start().await, start().await);
    let people: Vec<String> = (0..40).map(|number| format!("person{number}")).collect();
    for person in &people {
        let person = json!({ "id": person });
        simulator.add_person(serde_json::from_value(person).unwrap());
    }
    let simulator = &simulator;
    for proxy in [&one, &other, &one, &other] {
        let logins = people.iter().map(|person| async move {
            let browser = proxy.stranger();
            let session = browser.log_in(simulator, person, GrantedScope::Base).await;
            assert_eq!(session.openid, simulator.openid(APPID, person));
            let record = "/api/records/order/a";
            let put = browser.put(record, &format!("\"{person}\"")).await;
            assert!(put.status().is_success(), "{}", put.status());
            let page = browser.page("/api/records?across=person").await;
            assert_eq!(page.records.len(), 1);
        });
        join_all(logins).await;
        assert_eq!(proxy.get("/readyz").await.status(), 200);
    }
    let mut own = PgConnection::connect(&database).await.unwrap();
    let known = sqlx::query_scalar("SELECT count(*) FROM identity");
    let known: i64 = known.fetch_one(&mut own).await.unwrap();
    assert_eq!(known, 40);
}

/// The program itself: none waits for what another one holds, and none ends and is started again.
#[actix_web::test]
async fn three_replicas_started_at_once_share_one_session() {
    let database = postgres::new_database().await;
    let pooler = PgBouncer::start(&database, "pool_mode = transaction\ndefault_pool_size = 1");
    let folder = tempfile::tempdir().unwrap();
    let toml = Settings::in_folder(folder.path()).toml();
    add_files(folder.path(), &[("proxy.toml", toml)]);
    let url = pooler.before(&database);
    let mut replicas: Vec<_> = (0..3)
        .map(|_| Replica::new(PROXY, folder.path(), &url))
        .collect();
    let browser = new_browser();
    join_all(replicas.iter_mut().map(|replica| replica.start(&browser))).await;
    for replica in &replicas {
        let log = replica.log();
        for words in [" starting ", "a pooler stands before", " listening "] {
            assert_eq!(log.matches(words).count(), 1, "{log}");
        }
    }
}

#[actix_web::test]
async fn forty_people_log_in_through_a_pool_of_transactions() {
    forty_people_log_in("pool_mode = transaction\ndefault_pool_size = 3").await;
}

#[actix_web::test]
async fn forty_people_log_in_through_a_pool_of_sessions() {
    forty_people_log_in("pool_mode = session\ndefault_pool_size = 20").await;
}
