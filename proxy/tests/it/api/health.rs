//! `GET /healthz` and `GET /readyz`.

use sqlx::SqlitePool;

use crate::support::*;

#[actix_web::test]
async fn a_running_proxy_with_a_database_is_alive_and_ready() {
    let proxy = TestProxy::alone().await;
    for path in ["/healthz", "/readyz"] {
        let response = proxy.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.header("x-request-id").len(), 16);
        assert_eq!(response.string().await, "ok");
        // As load balancers ask.
        let response = proxy.ask(&format!("HEAD {path}"), &[]).await;
        assert_eq!(response.status(), 200, "{path}");
    }
}

#[actix_web::test]
async fn a_proxy_without_its_tables_is_alive_but_not_ready() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("proxy.sqlite").display());
    let proxy = TestProxy::alone_with(&[("DATABASE_URL", &url)]).await;
    let database = SqlitePool::connect(&url).await.unwrap();
    let drop = sqlx::query("DROP TABLE identity");
    drop.execute(&database).await.unwrap();

    assert_eq!(proxy.get("/healthz").await.status(), 200);
    proxy.get("/readyz").await.error(503, Internal).await;
}
