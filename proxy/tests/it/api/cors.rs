//! The app on another origin of the same site, `allowed_origins`. Nobody else: that is among the attacks.

use crate::support::*;

const APP: &str = "http://127.0.0.1:8090";
/// Without this header browsers hand nothing to the page, whatever else is there.
const PERMISSION: &str = "access-control-allow-origin";

async fn proxy() -> TestProxy {
    let origins = format!("http://127.0.0.1:8091,{APP}");
    TestProxy::alone_with(&[("ALLOWED_ORIGINS", &origins)]).await
}

/// As a browser asks beforehand whether a page of `origin` may send `method` with a JSON body.
async fn question(proxy: &TestProxy, path: &str, origin: &str, method: &str) -> Response {
    let headers = [
        ("Origin", origin),
        ("Access-Control-Request-Method", method),
        ("Access-Control-Request-Headers", "content-type,if-match"),
    ];
    proxy.ask(&format!("OPTIONS {path}"), &headers).await
}

/// As a page of `origin` asks.
async fn get(proxy: &TestProxy, path: &str, origin: &str) -> Response {
    proxy
        .ask(&format!("GET {path}"), &[("Origin", origin)])
        .await
}

#[actix_web::test]
async fn the_app_may_ask_with_the_session_and_read_the_answer() {
    let proxy = proxy().await;
    for (method, path) in [
        ("POST", "/api/session"),
        ("DELETE", "/api/session"),
        ("PUT", "/api/records/order/1"),
    ] {
        let response = question(&proxy, path, APP, method).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.header(PERMISSION), APP);
        assert_eq!(response.header("access-control-allow-credentials"), "true");
        assert_eq!(response.header("access-control-max-age"), "3600");
        let methods = response.header("access-control-allow-methods");
        assert!(methods.contains(method), "{methods}");
        let allowed = response
            .header("access-control-allow-headers")
            .to_lowercase();
        for name in ["content-type", "if-match"] {
            assert!(allowed.contains(name), "{allowed}");
        }
    }
    let response = get(&proxy, "/api/bootstrap", APP).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.header(PERMISSION), APP);
    assert_eq!(response.header("access-control-allow-credentials"), "true");
    let exposed = response
        .header("access-control-expose-headers")
        .to_lowercase();
    for name in ["x-request-id", "etag", "retry-after"] {
        assert!(exposed.contains(name), "{exposed}");
    }
    assert!(response.header("vary").contains("Origin"));
}

#[actix_web::test]
async fn the_app_can_read_refusals_too() {
    let proxy = proxy().await;
    for (path, status) in [
        ("/api/session", 401),
        ("/api/unknown", 404),
        ("/api/qr.svg?path=x", 400),
    ] {
        let response = get(&proxy, path, APP).await;
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(response.header(PERMISSION), APP, "{path}");
    }
}

#[actix_web::test]
async fn no_browser_may_use_the_service_api() {
    let proxy = proxy().await;
    let path = "/service/accounts/shop/users/o1";
    assert!(!question(&proxy, path, APP, "PUT").await.has(PERMISSION));
    assert!(!get(&proxy, path, APP).await.has(PERMISSION));
}

#[actix_web::test]
async fn without_a_list_there_are_no_permissions_at_all() {
    let response = get(&TestProxy::alone().await, "/api/bootstrap", APP).await;
    assert!(!response.has(PERMISSION));
}
