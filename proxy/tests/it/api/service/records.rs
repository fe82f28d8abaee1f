//! Records that backends bind to users.

use api_types::ErrorCode;
use reqwest::Method;

use crate::helpers::{NOW, OPENID, UNIONID, error_of};
use crate::people::{backend, etag_of, names, order, proxy, record_of, user, user_path};

fn record_path(openid: &str, key: &str) -> String {
    format!("{}/records/order/{key}", user_path("shop", openid))
}

#[actix_web::test]
async fn a_purchase_can_come_before_the_first_login() {
    let proxy = proxy().await;
    let backend = backend(&proxy);
    let bought = record_of(backend.put(&record_path(OPENID, "1"), &order()).await, 201).await;
    assert_eq!((bought.account.as_str(), bought.created_at), ("shop", NOW));
    let user = user(&proxy, "shop", OPENID, None).await;
    assert_eq!(names(&user.page("/api/records").await), ["order/1"]);
    let read = record_of(user.get("/api/records/order/1").await, 200).await;
    assert!(read == bought);
}

#[actix_web::test]
async fn a_backend_reads_replaces_and_deletes() {
    let proxy = proxy().await;
    let backend = backend(&proxy);
    let path = record_path(OPENID, "1");
    error_of(backend.get(&path).await, 404, ErrorCode::NotFound).await;
    let first = backend.put(&path, "1").await;
    let stale = etag_of(&first);
    record_of(first, 201).await;
    record_of(backend.put(&path, "2").await, 200).await;
    assert_eq!(record_of(backend.get(&path).await, 200).await.value, 2);
    let request = backend.put_request(&path, "3").header("If-Match", stale);
    let response = request.send().await.unwrap();
    error_of(response, 412, ErrorCode::PreconditionFailed).await;
    assert_eq!(backend.delete(&path).await.status(), 204);
    error_of(backend.delete(&path).await, 404, ErrorCode::NotFound).await;
}

#[actix_web::test]
async fn a_backend_may_insist_on_creating() {
    let proxy = proxy().await;
    let backend = backend(&proxy);
    let path = record_path(OPENID, "1");
    for status in [201, 412] {
        let request = backend.put_request(&path, "1").header("If-None-Match", "*");
        assert_eq!(request.send().await.unwrap().status(), status);
    }
}

#[actix_web::test]
async fn a_backend_pages_through_a_user_and_a_person() {
    let proxy = proxy().await;
    let backend = backend(&proxy);
    let user = user_path("shop", OPENID);
    let elsewhere = user_path("cafe", "oCafe");
    for path in [&user, &elsewhere] {
        let note = format!("{{\"unionid\":\"{UNIONID}\"}}");
        assert_eq!(backend.put(path, &note).await.status(), 200);
        for key in ["1", "2"] {
            let record = format!("{path}/records/order/{key}");
            assert_eq!(backend.put(&record, "1").await.status(), 201);
        }
    }
    let first = backend.page(&format!("{user}/records?limit=1")).await;
    assert_eq!(names(&first), ["order/1"]);
    let cursor = first.next_cursor.unwrap();
    let next = backend
        .page(&format!("{user}/records?cursor={cursor}"))
        .await;
    assert_eq!(
        (names(&next), next.next_cursor),
        (vec!["order/2".to_owned()], None)
    );
    let response = backend
        .get(&format!("{elsewhere}/records?cursor={cursor}"))
        .await;
    error_of(response, 400, ErrorCode::InvalidRequest).await;
    let person = backend.page(&format!("{user}/records?across=person")).await;
    assert_eq!(person.records.len(), 4);
}

#[actix_web::test]
async fn wrong_records_are_refused_and_note_nobody() {
    let proxy = proxy().await;
    let backend = backend(&proxy);
    let path = record_path(OPENID, "1");
    error_of(
        backend.put(&path, "{").await,
        400,
        ErrorCode::InvalidRequest,
    )
    .await;
    let request = backend.request(Method::PUT, &path).body("1");
    error_of(
        request.send().await.unwrap(),
        415,
        ErrorCode::InvalidRequest,
    )
    .await;
    let wrong = record_path(OPENID, "a%20b");
    error_of(
        backend.put(&wrong, "1").await,
        400,
        ErrorCode::InvalidRequest,
    )
    .await;
    let user = user_path("shop", OPENID);
    error_of(backend.get(&user).await, 404, ErrorCode::NotFound).await;
}
