//! The app on another origin of the same site, `allowed_origins`.

use api_types::ErrorCode;
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};

use crate::helpers::{TestProxy, config};

const APP: &str = "http://127.0.0.1:8090";

async fn proxy() -> TestProxy {
    let mut config = config("http://127.0.0.1:9");
    config.allowed_origins = vec!["http://127.0.0.1:8091".to_owned(), APP.to_owned()];
    TestProxy::start_with(config).await
}

/// As a browser asks beforehand whether a page of `origin` may send `method` with a JSON body.
fn question(proxy: &TestProxy, path: &str, origin: &str, method: &str) -> RequestBuilder {
    proxy
        .request(Method::OPTIONS, path)
        .header("Origin", origin)
        .header("Access-Control-Request-Method", method)
        .header("Access-Control-Request-Headers", "content-type,if-match")
}

/// Without this header browsers hand nothing to the page, whatever else is there.
fn allowed_origin(headers: &HeaderMap) -> Option<&str> {
    headers
        .get("access-control-allow-origin")
        .map(|it| it.to_str().unwrap())
}

#[actix_web::test]
async fn the_app_may_ask_with_the_session_and_read_the_answer() {
    let proxy = proxy().await;
    for (method, path) in [
        ("POST", "/api/session"),
        ("DELETE", "/api/session"),
        ("PUT", "/api/records/order/1"),
    ] {
        let response = question(&proxy, path, APP, method).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        let headers = response.headers();
        assert_eq!(headers["access-control-allow-origin"], APP);
        assert_eq!(headers["access-control-allow-credentials"], "true");
        assert_eq!(headers["access-control-max-age"], "3600");
        let methods = headers["access-control-allow-methods"].to_str().unwrap();
        assert!(methods.contains(method), "{methods}");
        let allowed = headers["access-control-allow-headers"]
            .to_str()
            .unwrap()
            .to_lowercase();
        assert!(
            allowed.contains("content-type") && allowed.contains("if-match"),
            "{allowed}"
        );
    }
    let response = proxy
        .request(Method::GET, "/api/bootstrap")
        .header("Origin", APP)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    let headers = response.headers();
    assert_eq!(headers["access-control-allow-origin"], APP);
    assert_eq!(headers["access-control-allow-credentials"], "true");
    let exposed = headers["access-control-expose-headers"]
        .to_str()
        .unwrap()
        .to_lowercase();
    for name in ["x-request-id", "etag", "retry-after"] {
        assert!(exposed.contains(name), "{exposed}");
    }
    assert!(headers["vary"].to_str().unwrap().contains("Origin"));
}

#[actix_web::test]
async fn the_app_can_read_refusals_too() {
    let proxy = proxy().await;
    for (path, status) in [
        ("/api/session", 401),
        ("/api/unknown", 404),
        ("/api/qr.svg?path=x", 400),
    ] {
        let response = proxy
            .request(Method::GET, path)
            .header("Origin", APP)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(
            response.headers()["access-control-allow-origin"],
            APP,
            "{path}"
        );
    }
}

#[actix_web::test]
async fn nobody_else_gets_a_permission() {
    let proxy = proxy().await;
    for origin in [
        "null",
        "http://evil.example",
        "http://127.0.0.1",
        "http://127.0.0.1:80901",
        "http://127.0.0.1:8090.evil.example",
        "https://127.0.0.1:8090",
        "HTTP://127.0.0.1:8090",
        "http://127.0.0.1:8090/",
    ] {
        let response = proxy
            .request(Method::GET, "/api/bootstrap")
            .header("Origin", origin)
            .send()
            .await
            .unwrap();
        assert_eq!(allowed_origin(response.headers()), None, "{origin}");
        let response = question(&proxy, "/api/session", origin, "POST")
            .send()
            .await
            .unwrap();
        assert_eq!(allowed_origin(response.headers()), None, "{origin}");
        crate::helpers::error_of(response, 400, ErrorCode::InvalidRequest).await;
    }
}

#[actix_web::test]
async fn no_browser_may_use_the_service_api() {
    let proxy = proxy().await;
    let path = "/service/accounts/shop/users/o1";
    let response = question(&proxy, path, APP, "PUT").send().await.unwrap();
    assert_eq!(allowed_origin(response.headers()), None);
    let response = proxy
        .request(Method::GET, path)
        .header("Origin", APP)
        .send()
        .await
        .unwrap();
    assert_eq!(allowed_origin(response.headers()), None);
}

#[actix_web::test]
async fn without_a_list_there_are_no_permissions_at_all() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    let response = proxy
        .request(Method::GET, "/api/bootstrap")
        .header("Origin", APP)
        .send()
        .await
        .unwrap();
    assert_eq!(allowed_origin(response.headers()), None);
}
