//! One record: created, read, replaced, deleted.

use crate::support::*;

const ORDER: &str = "/api/records/order/2026-1";

#[actix_web::test]
async fn a_record_is_created_replaced_and_deleted() {
    let (proxy, user) = proxy_and_user().await;
    user.get(ORDER).await.error(404, NotFound).await;

    let created = user
        .put(ORDER, r#"{"cents": 1990}"#)
        .await
        .record(201)
        .await;
    assert_eq!(created.account, "shop");
    assert_eq!(
        (created.kind.as_str(), created.key.as_str()),
        ("order", "2026-1")
    );
    assert_eq!(created.value, json!({ "cents": 1990 }));
    assert_eq!((created.created_at, created.updated_at), (NOW, NOW));

    proxy.clock.advance(Duration::from_secs(5));
    let replaced = user.put(ORDER, "[]").await.record(200).await;
    assert_eq!((replaced.created_at, replaced.updated_at), (NOW, NOW + 5));
    assert!(user.get(ORDER).await.record(200).await == replaced);

    assert_eq!(user.delete(ORDER).await.status(), 204);
    user.get(ORDER).await.error(404, NotFound).await;
    user.delete(ORDER).await.error(404, NotFound).await;
}

#[actix_web::test]
async fn the_text_of_a_value_comes_back_as_it_was_sent() {
    let (_proxy, user) = proxy_and_user().await;
    let text = r#"{"b":1.50,"a":123456789012345678901234567890,"c":1e400,"b":"\u0000\u5409/"}"#;
    user.put(ORDER, text).await;
    for path in [ORDER, "/api/records"] {
        let body = user.get(path).await.string().await;
        assert!(body.contains(&format!("\"value\":{text}")), "{body}");
    }
}

#[actix_web::test]
async fn the_longest_names_are_names_like_any_other() {
    let (_proxy, user) = proxy_and_user().await;
    let name = format!("{}/{}", "k".repeat(32), ".:~-_Az0".repeat(16));
    let path = format!("/api/records/{name}");
    user.put(&path, "1").await.record(201).await;
    user.get(&path).await.record(200).await;
    assert_eq!(user.names("/api/records").await, [name]);
}
