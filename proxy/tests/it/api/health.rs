//! `GET /healthz` and `GET /readyz`.

use sqlx::{Connection as _, Executor as _, PgConnection, SqlitePool};

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

/// As after a failover that the proxy has not seen, or by somebody who took a right too much away.
#[actix_web::test]
async fn a_proxy_whose_database_takes_no_logins_is_not_ready_and_says_why() {
    let url = postgres::new_database().await;
    let mut own = PgConnection::connect(&url).await.unwrap();
    let grant = "CREATE ROLE clerk LOGIN; GRANT ALL ON SCHEMA public TO clerk";
    own.execute(grant).await.unwrap();
    let of_clerk = url.replace("postgres@", "clerk@");
    let proxy = TestProxy::alone_with(&[("DATABASE_URL", &of_clerk)]).await;
    assert_eq!(proxy.get("/readyz").await.status(), 200);
    let revoke = "REVOKE INSERT ON identity FROM clerk";
    own.execute(revoke).await.unwrap();
    let refused = proxy.get("/readyz").await.error(503, Internal).await;
    let line = line_of(&refused.request_id);
    assert!(
        line.contains("permission denied for table identity"),
        "{line}"
    );
}

/// As a login would wait for it, and no longer than who asks.
#[actix_web::test]
async fn a_proxy_whose_database_file_somebody_holds_is_not_ready() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("proxy.sqlite").display());
    let proxy = TestProxy::alone_with(&[("DATABASE_URL", &url)]).await;
    let database = SqlitePool::connect(&url).await.unwrap();
    let held = database.begin_with("BEGIN IMMEDIATE").await.unwrap();
    proxy.get("/readyz").await.error(503, Internal).await;
    drop(held);
    database.close().await;
    assert_eq!(proxy.get("/readyz").await.status(), 200);
}
