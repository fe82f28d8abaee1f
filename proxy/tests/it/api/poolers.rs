//! Logins with PgBouncer between the proxy and its database, and what a proxy says that cannot work with what it finds.

use futures_util::future::join_all;
use sqlx::{Connection as _, PgConnection};
use test_support::pgbouncer::PgBouncer;
use wechat_simulator::GrantedScope;

use crate::support::*;

/// Two replicas through a pooler with these settings; forty people log in, four times each, on one and the other.
async fn forty_people_log_in(lines: &str) {
    let database = postgres::new_database().await;
    let pooler = PgBouncer::start(&database, lines);
    let url = pooler.before(&database);
    let (simulator, one) = simulated_with(&[("DATABASE_URL", &url)]).await;
    let config = config_with(&simulator.base_url(), &[("DATABASE_URL", &url)]);
    let other = TestProxy::start_with(config).await;
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

#[actix_web::test]
async fn forty_people_log_in_through_a_pool_of_transactions() {
    forty_people_log_in("pool_mode = transaction\ndefault_pool_size = 3").await;
}

#[actix_web::test]
async fn forty_people_log_in_through_a_pool_of_sessions() {
    forty_people_log_in("pool_mode = session\ndefault_pool_size = 20").await;
}
