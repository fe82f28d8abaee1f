//! Who writes and reads records: users, backends whose word some of them are, guests who may not, and users who are
//! erased.

use login_store::RecordKind;

use super::ORDER;
use crate::support::*;

#[actix_web::test]
async fn a_user_reads_what_a_backend_wrote_and_changes_nothing_of_it() {
    let mut config = config_with_backends();
    let kind = RecordKind::parse("order").unwrap();
    config.backend_kinds.insert(kind);
    let proxy = TestProxy::start_with(config).await;
    let user = user(&proxy, "shop", OPENID, None).await;
    let bought = format!("{}/records/order/1", user_path("shop", OPENID));
    assert_eq!(backend(&proxy).put(&bought, &order()).await.status(), 201);

    for path in [ORDER, "/api/records/order/forged"] {
        let response = user.put(path, "{\"status\":\"paid\"}").await;
        response.error(403, Forbidden).await;
        user.delete(path).await.error(403, Forbidden).await;
    }
    let record = user.get(ORDER).await.record(200).await;
    assert_eq!(record.value.to_string(), order());
    assert_eq!(user.page("/api/records").await.records.len(), 1);
    // Other kinds stay the user's own.
    assert_eq!(user.put("/api/records/note/1", "1").await.status(), 201);
    assert_eq!(user.delete("/api/records/note/1").await.status(), 204);
}

/// A session that outlives its user.
#[actix_web::test]
async fn a_session_of_an_erased_user_writes_nothing_until_the_next_login() {
    let (proxy, session) = proxy_and_user().await;
    let (backend, path) = (backend(&proxy), user_path("shop", OPENID));
    session.put(ORDER, "1").await.record(201).await;
    assert_eq!(backend.delete(&path).await.status(), 200);

    let other = "/api/records/order/2";
    session.put(other, "1").await.error(401, Unauthorized).await;
    session.delete(ORDER).await.error(404, NotFound).await;
    let page = session.page("/api/records?across=person").await;
    assert!(page.records.is_empty());
    backend.get(&path).await.error(404, NotFound).await;

    let again = user(&proxy, "shop", OPENID, None).await;
    assert!(again.page("/api/records").await.records.is_empty());
    again.put(other, "1").await.record(201).await;
}

#[actix_web::test]
async fn a_guest_sees_nothing_even_under_a_known_openid() {
    let (proxy, backend) = proxy_and_backend().await;
    let path = format!("{}/records/order/1", user_path("shop", OPENID));
    assert_eq!(backend.put(&path, "1").await.status(), 201);
    let guest = guest(&proxy, OPENID);
    for path in ["/api/records", "/api/records?across=person&limit=5"] {
        let page = guest.page(path).await;
        assert!(page.records.is_empty() && page.next_cursor.is_none());
    }
    guest.get(ORDER).await.error(404, NotFound).await;
}
