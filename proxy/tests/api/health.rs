//! `GET /healthz` and `GET /readyz`.

use reqwest::Method;

use crate::helpers::TestProxy;

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
async fn load_balancers_may_ask_without_a_body() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    for path in ["/healthz", "/readyz"] {
        let response = proxy.request(Method::HEAD, path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
    }
}
