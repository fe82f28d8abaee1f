//! One record: created, read, replaced, deleted.

use std::time::Duration;

use api_types::ErrorCode;
use serde_json::json;

use crate::helpers::{NOW, OPENID, error_of};
use crate::people::{etag_of, names, proxy, record_of, user};

const ORDER: &str = "/api/records/order/2026-1";

#[actix_web::test]
async fn a_record_is_created_replaced_and_deleted() {
    let proxy = proxy().await;
    let user = user(&proxy, "shop", OPENID, None).await;
    error_of(user.get(ORDER).await, 404, ErrorCode::NotFound).await;

    let created = record_of(user.put(ORDER, r#"{"cents": 1990}"#).await, 201).await;
    assert_eq!(created.account, "shop");
    assert_eq!(
        (created.kind.as_str(), created.key.as_str()),
        ("order", "2026-1")
    );
    assert_eq!(created.value, json!({ "cents": 1990 }));
    assert_eq!((created.created_at, created.updated_at), (NOW, NOW));

    proxy.clock.advance(Duration::from_secs(5));
    let replaced = record_of(user.put(ORDER, "[]").await, 200).await;
    assert_eq!((replaced.created_at, replaced.updated_at), (NOW, NOW + 5));
    let read = record_of(user.get(ORDER).await, 200).await;
    assert!(read == replaced);

    let deleted = user.delete(ORDER).await;
    assert_eq!(deleted.status(), 204);
    error_of(user.get(ORDER).await, 404, ErrorCode::NotFound).await;
    error_of(user.delete(ORDER).await, 404, ErrorCode::NotFound).await;
}

#[actix_web::test]
async fn the_same_request_again_changes_nothing() {
    let proxy = proxy().await;
    let user = user(&proxy, "shop", OPENID, None).await;
    let first = user.put(ORDER, "{\"a\":1}").await;
    let etag = etag_of(&first);
    let first = record_of(first, 201).await;
    proxy.clock.advance(Duration::from_secs(5));
    let again = user.put(ORDER, "{ \"a\": 1 }\n").await;
    assert_eq!(etag_of(&again), etag);
    assert!(record_of(again, 200).await == first);
}

#[actix_web::test]
async fn the_text_of_a_value_comes_back_as_it_was_sent() {
    let proxy = proxy().await;
    let user = user(&proxy, "shop", OPENID, None).await;
    let text = r#"{"b":1.50,"a":123456789012345678901234567890,"c":1e400,"b":"\u0000\u5409/"}"#;
    user.put(ORDER, text).await;
    let body = user.get(ORDER).await.text().await.unwrap();
    assert!(body.contains(&format!("\"value\":{text}")), "{body}");
    let body = user.get("/api/records").await.text().await.unwrap();
    assert!(body.contains(&format!("\"value\":{text}")), "{body}");
}

#[actix_web::test]
async fn a_value_ends_at_16_kib() {
    let proxy = proxy().await;
    let user = user(&proxy, "shop", OPENID, None).await;
    let json = |length: usize| format!("\"{}\"", "a".repeat(length - 2));
    let longest = record_of(user.put(ORDER, &json(16 * 1024)).await, 201).await;
    assert_eq!(longest.value.as_str().unwrap().len(), 16 * 1024 - 2);
    for length in [16 * 1024 + 1, 300_000] {
        let response = user.put(ORDER, &json(length)).await;
        error_of(response, 413, ErrorCode::InvalidRequest).await;
    }
    // As it is sent, blanks included.
    let padded = format!("{}{}", " ".repeat(16 * 1024), 1);
    error_of(
        user.put(ORDER, &padded).await,
        413,
        ErrorCode::InvalidRequest,
    )
    .await;
}

#[actix_web::test]
async fn the_longest_names_are_names_like_any_other() {
    let proxy = proxy().await;
    let user = user(&proxy, "shop", OPENID, None).await;
    let name = format!("{}/{}", "k".repeat(32), ".:~-_Az0".repeat(16));
    record_of(user.put(&format!("/api/records/{name}"), "1").await, 201).await;
    record_of(user.get(&format!("/api/records/{name}")).await, 200).await;
    assert_eq!(names(&user.page("/api/records").await), [name]);
}
