//! So many records a minute of one user.

use login_store::DatabaseUrl;

use super::retry_after;
use crate::support::*;

const ORDER: &str = "/api/records/order/1";

#[actix_web::test]
async fn a_user_writes_and_deletes_as_often_as_allowed_and_others_and_backends_are_free() {
    let mut config = config_with_backends();
    config.limits.writes_per_user = 3.try_into().unwrap();
    let proxy = TestProxy::start_with(config).await;
    let one = user(&proxy, "shop", OPENID, None).await;
    let other = user(&proxy, "shop", "oOther", None).await;

    assert_eq!(one.put(ORDER, "1").await.status(), 201);
    assert_eq!(one.put(ORDER, "2").await.status(), 200);
    assert_eq!(one.delete(ORDER).await.status(), 204);
    for refused in [one.put(ORDER, "3").await, one.delete(ORDER).await] {
        assert_eq!(retry_after(&refused), 20);
        refused.error(429, RateLimited).await;
    }
    let reading = one.get("/api/records").await;
    assert_eq!(reading.status(), 200, "reading goes on");
    assert_eq!(other.put(ORDER, "1").await.status(), 201);
    let record = format!("{}/records/order/1", user_path("shop", OPENID));
    for value in ["1", "2", "3", "4", "5"] {
        let written = backend(&proxy).put(&record, value).await;
        assert!(written.status().is_success());
    }
    proxy.clock.advance(Duration::from_secs(20));
    assert_eq!(one.put(ORDER, "3").await.status(), 200);
}

#[actix_web::test]
async fn the_database_queue_has_an_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proxy.sqlite");
    let url = format!("sqlite:{}", path.display());
    let proxy = proxy_on(DatabaseUrl::SqliteFile(path)).await;
    let user = user(&proxy, "shop", OPENID, None).await;
    // Somebody else writes and does not stop.
    let database = sqlx::SqlitePool::connect(&url).await.unwrap();
    let blocking = database.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let refused = user.put(ORDER, "1").await;
    assert_eq!(retry_after(&refused), 1);
    refused.error(503, Internal).await;
    blocking.rollback().await.unwrap();
    assert_eq!(user.put(ORDER, "1").await.status(), 201);
}
