//! nginx changes nothing else about a request, and asks the proxy as cheaply as it can.

use actix_web::http::StatusCode;
use reqwest::Method;

use crate::forward_auth::site::{self, Site, user};
use crate::recorder::{BODY, Recorder};

#[actix_web::test]
async fn method_path_query_and_body_arrive_unchanged() {
    let site = Site::start().await;
    // More than nginx keeps in memory, so that its temporary files are used as well.
    let long = "0123456789abcdef".repeat(40_000);
    for (method, target, body) in [
        (Method::GET, "/backend/", ""),
        (Method::GET, "/backend/orders?page=2&q=%E8%8C%B6&q=", ""),
        (
            Method::POST,
            "/backend/a%2Fb//c/%E8%8C%B6;v=1",
            "{\"books\":1}",
        ),
        (Method::POST, "/backend/orders/1/paid", ""),
        (Method::PUT, "/backend/orders/1", &long),
        (Method::PATCH, "/backend/orders/1", "x"),
        (Method::DELETE, "/backend/orders/1", ""),
        (Method::OPTIONS, "/backend/orders", ""),
    ] {
        let mut request = site
            .request_of(&user(), method.clone(), target)
            .header("Content-Type", "application/json")
            .header("X-Other", "kept");
        if !body.is_empty() {
            request = request.body(body.to_owned());
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{method} {target}");
        assert_eq!(response.text().await.unwrap(), BODY);
        let seen = site.backend.take_one();
        assert_eq!(
            (seen.method.as_str(), seen.target.as_str()),
            (method.as_str(), target)
        );
        assert!(seen.body == body, "{method} {target}: another body");
        assert_eq!(seen.values("content-type"), ["application/json"]);
        assert_eq!(seen.values("x-other"), ["kept"]);
    }
}

#[actix_web::test]
async fn a_head_request_arrives_as_one() {
    let site = Site::start().await;
    let request = site.request_of(&user(), Method::HEAD, "/backend/orders");
    assert_eq!(request.send().await.unwrap().status(), 200);
    assert_eq!(site.backend.take_one().method, "HEAD");
}

#[actix_web::test]
async fn the_proxy_is_asked_once_with_the_cookies_and_nothing_else() {
    let proxy = Recorder::start(StatusCode::NO_CONTENT);
    let backend = Recorder::start(StatusCode::OK);
    let nginx = site::nginx(proxy.address, backend.address);
    let request = site::request(
        &site::client(),
        &nginx,
        Method::POST,
        "/backend/orders?code=1",
    )
    .header("Cookie", "basket=1")
    .header("Cookie", "wechat_login=sealed")
    .header("Range", "bytes=0-1")
    .body("order");
    assert_eq!(request.send().await.unwrap().status(), 200);
    let asked = proxy.take_one();
    assert_eq!(
        (asked.method.as_str(), asked.target.as_str()),
        ("GET", "/api/auth")
    );
    assert_eq!(asked.values("cookie"), ["basket=1; wechat_login=sealed"]);
    let mut names: Vec<_> = asked
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["cookie", "host"]);
    assert!(asked.body.is_empty());
    assert_eq!(backend.take_one().body, "order");
}

#[actix_web::test]
async fn everything_else_goes_to_the_proxy() {
    let site = Site::start().await;
    let request = site.request_of(&user(), Method::GET, "/api/session");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.headers().contains_key("x-request-id"));
    for target in [
        "/healthz",
        "/backend/..%2fhealthz",
        "/backend/%2e%2e/healthz",
    ] {
        let request = site.request(Method::GET, target);
        let status = request.send().await.unwrap().status();
        assert_ne!(status, 500, "{target}");
    }
    assert!(site.backend.take().is_empty());
}
