//! So many records a minute of one user.

use std::time::Duration;

use api_types::ErrorCode;

use super::{count, retry_after};
use crate::helpers::{OPENID, TestProxy, error_of};
use crate::people::{backend, config_with_backends, user, user_path};

const ORDER: &str = "/api/records/order/1";

#[actix_web::test]
async fn a_user_writes_and_deletes_as_often_as_allowed_and_others_and_backends_are_free() {
    let mut config = config_with_backends();
    config.limits.writes_per_user = count(3);
    let proxy = TestProxy::start_with(config).await;
    let one = user(&proxy, "shop", OPENID, None).await;
    let other = user(&proxy, "shop", "oOther", None).await;

    assert_eq!(one.put(ORDER, "1").await.status(), 201);
    assert_eq!(one.put(ORDER, "2").await.status(), 200);
    assert_eq!(one.delete(ORDER).await.status(), 204);
    for refused in [one.put(ORDER, "3").await, one.delete(ORDER).await] {
        assert_eq!(retry_after(&refused), 20);
        error_of(refused, 429, ErrorCode::RateLimited).await;
    }
    assert_eq!(
        one.get("/api/records").await.status(),
        200,
        "reading goes on"
    );
    assert_eq!(other.put(ORDER, "1").await.status(), 201);
    let record = format!("{}/records/order/1", user_path("shop", OPENID));
    for value in ["1", "2", "3", "4", "5"] {
        assert!(
            backend(&proxy)
                .put(&record, value)
                .await
                .status()
                .is_success()
        );
    }
    proxy.clock.advance(Duration::from_secs(20));
    assert_eq!(one.put(ORDER, "3").await.status(), 200);
}

#[actix_web::test]
async fn the_database_queue_has_an_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proxy.sqlite");
    let mut config = config_with_backends();
    config.database = login_store::DatabaseUrl::SqliteFile(path.clone());
    let proxy = TestProxy::start_with(config).await;
    let user = user(&proxy, "shop", OPENID, None).await;
    // Somebody else writes and does not stop.
    let database = sqlx::SqlitePool::connect(&format!("sqlite:{}", path.display()))
        .await
        .unwrap();
    let blocking = database.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let refused = user.put(ORDER, "1").await;
    assert_eq!(retry_after(&refused), 1);
    error_of(refused, 503, ErrorCode::Internal).await;
    blocking.rollback().await.unwrap();
    assert_eq!(user.put(ORDER, "1").await.status(), 201);
}
