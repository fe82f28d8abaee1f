//! What backends learn about users, tell about them, and erase.

use api_types::{ErrorCode, Identity, Scope};
use serde_json::{Value, json};

use crate::helpers::{APPID, NOW, OPENID, UNIONID, error_of};
use crate::people::{backend, proxy, user, user_path};

#[actix_web::test]
async fn a_user_nobody_has_seen_is_unknown() {
    let proxy = proxy().await;
    let backend = backend(&proxy);
    let path = user_path("shop", OPENID);
    error_of(backend.get(&path).await, 404, ErrorCode::NotFound).await;
    error_of(backend.delete(&path).await, 404, ErrorCode::NotFound).await;
    let page = backend.page(&format!("{path}/records")).await;
    assert!(page.records.is_empty());
}

#[actix_web::test]
async fn a_user_who_never_logged_in_is_noted_and_shown() {
    let proxy = proxy().await;
    let backend = backend(&proxy);
    let path = user_path("shop", OPENID);
    let noted: Identity = backend.put(&path, "{}").await.json().await.unwrap();
    assert!(noted.unionid.is_none() && noted.profile.is_none());
    assert_eq!(
        (noted.account.as_str(), noted.appid.as_str()),
        ("shop", APPID)
    );
    assert_eq!(noted.openid, OPENID);
    assert_eq!(noted.platform.as_deref(), Some("camellia"));
    assert_eq!(
        (noted.scope, noted.first_seen, noted.last_seen),
        (Scope::Base, NOW, NOW)
    );
    let shown: Identity = backend.get(&path).await.json().await.unwrap();
    assert!(shown == noted);
}

#[actix_web::test]
async fn a_note_adds_a_unionid_and_blanks_none() {
    let proxy = proxy().await;
    user(&proxy, "shop", OPENID, None).await;
    let backend = backend(&proxy);
    let path = user_path("shop", OPENID);
    for body in [
        json!({ "unionid": UNIONID }),
        json!({}),
        json!({ "unionid": null }),
    ] {
        let response = backend.put(&path, &body.to_string()).await;
        assert_eq!(response.status(), 200);
        let known: Identity = response.json().await.unwrap();
        assert_eq!(known.unionid.as_deref(), Some(UNIONID));
    }
}

#[actix_web::test]
async fn wrong_notes_are_refused_and_note_nobody() {
    let proxy = proxy().await;
    let backend = backend(&proxy);
    let path = user_path("shop", OPENID);
    for body in [
        "",
        "[]",
        "{\"unionid\":1}",
        "{\"unionid\":\"\"}",
        "{\"unionid\":\"a b\"}",
        "{\"openid\":\"o\"}",
        &json!({ "unionid": "u".repeat(129) }).to_string(),
    ] {
        let response = backend.put(&path, body).await;
        error_of(response, 400, ErrorCode::InvalidRequest).await;
    }
    error_of(backend.get(&path).await, 404, ErrorCode::NotFound).await;
}

#[actix_web::test]
async fn erasing_says_how_many_records_there_were() {
    let proxy = proxy().await;
    let backend = backend(&proxy);
    let path = user_path("shop", OPENID);
    for key in 0..3 {
        let record = format!("{path}/records/order/{key}");
        assert_eq!(backend.put(&record, "1").await.status(), 201);
    }
    let response = backend.delete(&path).await;
    assert_eq!(response.status(), 200);
    let erased: Value = response.json().await.unwrap();
    assert_eq!(erased, json!({ "erased_records": 3 }));
    error_of(backend.delete(&path).await, 404, ErrorCode::NotFound).await;
    assert!(
        backend
            .page(&format!("{path}/records"))
            .await
            .records
            .is_empty()
    );
}
