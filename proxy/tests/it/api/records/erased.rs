//! A session that outlives its user.

use api_types::ErrorCode;

use crate::helpers::{OPENID, error_of};
use crate::people::{backend, proxy, record_of, user, user_path};

#[actix_web::test]
async fn a_session_of_an_erased_user_writes_nothing_until_the_next_login() {
    let proxy = proxy().await;
    let session = user(&proxy, "shop", OPENID, None).await;
    record_of(session.put("/api/records/order/1", "1").await, 201).await;
    let erased = backend(&proxy).delete(&user_path("shop", OPENID)).await;
    assert_eq!(erased.status(), 200);

    let response = session.put("/api/records/order/2", "1").await;
    error_of(response, 401, ErrorCode::Unauthorized).await;
    let response = session.delete("/api/records/order/1").await;
    error_of(response, 404, ErrorCode::NotFound).await;
    assert!(
        session
            .page("/api/records?across=person")
            .await
            .records
            .is_empty()
    );
    let response = backend(&proxy).get(&user_path("shop", OPENID)).await;
    error_of(response, 404, ErrorCode::NotFound).await;

    let again = user(&proxy, "shop", OPENID, None).await;
    assert!(again.page("/api/records").await.records.is_empty());
    record_of(again.put("/api/records/order/2", "1").await, 201).await;
}
