//! Records that are a backend's word.

use api_types::ErrorCode;
use login_store::RecordKind;

use crate::helpers::{OPENID, TestProxy, error_of};
use crate::people::{backend, config_with_backends, order, record_of, user, user_path};

#[actix_web::test]
async fn a_user_reads_what_a_backend_wrote_and_changes_nothing_of_it() {
    let mut config = config_with_backends();
    config
        .backend_kinds
        .insert(RecordKind::parse("order").unwrap());
    let proxy = TestProxy::start_with(config).await;
    let user = user(&proxy, "shop", OPENID, None).await;
    let bought = format!("{}/records/order/1", user_path("shop", OPENID));
    assert_eq!(backend(&proxy).put(&bought, &order()).await.status(), 201);

    for key in ["1", "forged"] {
        let path = format!("/api/records/order/{key}");
        error_of(
            user.put(&path, "{\"status\":\"paid\"}").await,
            403,
            ErrorCode::Forbidden,
        )
        .await;
        error_of(user.delete(&path).await, 403, ErrorCode::Forbidden).await;
    }
    let record = record_of(user.get("/api/records/order/1").await, 200).await;
    assert_eq!(record.value.to_string(), order());
    assert_eq!(user.page("/api/records").await.records.len(), 1);
    // Other kinds stay the user's own.
    assert_eq!(user.put("/api/records/note/1", "1").await.status(), 201);
    assert_eq!(user.delete("/api/records/note/1").await.status(), 204);
}
