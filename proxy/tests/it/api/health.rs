//! `GET /healthz` and `GET /readyz`.

use api_types::ErrorCode;
use login_store::DatabaseUrl;
use reqwest::Method;
use sqlx::SqlitePool;

use crate::helpers::{TestProxy, config, error_of};

#[actix_web::test]
async fn a_running_proxy_with_a_database_is_alive_and_ready() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    for path in ["/healthz", "/readyz"] {
        let response = proxy.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["x-request-id"].len(), 16);
        assert_eq!(response.text().await.unwrap(), "ok");
    }
}

#[actix_web::test]
async fn a_proxy_without_its_tables_is_alive_but_not_ready() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proxy.sqlite");
    let mut config = config("http://127.0.0.1:9");
    config.database = DatabaseUrl::SqliteFile(path.clone());
    let proxy = TestProxy::start_with(config).await;
    let database = SqlitePool::connect(&format!("sqlite:{}", path.display()))
        .await
        .unwrap();
    sqlx::query("DROP TABLE identity")
        .execute(&database)
        .await
        .unwrap();

    assert_eq!(proxy.get("/healthz").await.status(), 200);
    error_of(proxy.get("/readyz").await, 503, ErrorCode::Internal).await;
}

#[actix_web::test]
async fn load_balancers_may_ask_without_a_body() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    for path in ["/healthz", "/readyz"] {
        let response = proxy.request(Method::HEAD, path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
    }
}
