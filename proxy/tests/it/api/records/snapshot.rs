//! Guests of WeChat's snapshot mode: they see nothing and nothing is kept about them.

use api_types::ErrorCode;
use wechat_oauth::{AppId, OpenId};

use crate::helpers::{APPID, OPENID, error_of};
use crate::people::{backend, guest, proxy, user_path};

#[actix_web::test]
async fn a_guest_sees_nothing_even_under_a_known_openid() {
    let proxy = proxy().await;
    let path = format!("{}/records/order/1", user_path("shop", OPENID));
    assert_eq!(backend(&proxy).put(&path, "1").await.status(), 201);
    let guest = guest(&proxy, OPENID);
    for path in ["/api/records", "/api/records?across=person&limit=5"] {
        let page = guest.page(path).await;
        assert!(page.records.is_empty() && page.next_cursor.is_none());
    }
    let response = guest.get("/api/records/order/1").await;
    error_of(response, 404, ErrorCode::NotFound).await;
}

#[actix_web::test]
async fn a_guest_writes_nothing() {
    let proxy = proxy().await;
    let guest = guest(&proxy, OPENID);
    let response = guest.put("/api/records/order/1", "1").await;
    error_of(response, 403, ErrorCode::Forbidden).await;
    let response = guest.delete("/api/records/order/1").await;
    error_of(response, 403, ErrorCode::Forbidden).await;
    let known = proxy
        .state
        .store
        .find_identity(
            &AppId::parse(APPID).unwrap(),
            &OpenId::parse(OPENID).unwrap(),
        )
        .await;
    assert_eq!(known.unwrap(), None);
}
