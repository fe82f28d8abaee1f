//! The web server changes nothing else about a request, and asks the proxy as cheaply as it can.

use actix_web::http::StatusCode;

use super::fronts::Kind;
use super::site::{behind_both, user};
use crate::recorder::{BODY, Recorder};
use crate::support::*;

#[actix_web::test]
async fn method_path_query_and_body_arrive_unchanged() {
    behind_both(async |site| {
        let cookie = site.cookie(&user());
        // More than nginx keeps in memory, so that its temporary files are used as well.
        let long = "0123456789abcdef".repeat(40_000);
        for (method, target, body) in [
            ("GET", "/backend/", ""),
            ("GET", "/backend/orders?page=2&q=%E8%8C%B6&q=", ""),
            ("POST", "/backend/a%2Fb//c/%E8%8C%B6;v=1", "{\"books\":1}"),
            ("POST", "/backend/orders/1/paid", ""),
            ("PUT", "/backend/orders/1", &long),
            ("PATCH", "/backend/orders/1", "x"),
            ("DELETE", "/backend/orders/1", ""),
            ("OPTIONS", "/backend/orders", ""),
        ] {
            let line = format!("{method} {target}");
            let headers = [("Cookie", cookie.as_str()), JSON, ("X-Other", "kept")];
            let response = if body.is_empty() {
                site.ask(&line, &headers).await
            } else {
                site.send(&line, &headers, body.to_owned()).await
            };
            assert_eq!(response.status(), 200, "{line}");
            assert_eq!(response.string().await, BODY);
            let seen = site.backend.take_one();
            assert_eq!(format!("{} {}", seen.method, seen.target), line);
            assert!(seen.body == body, "{line}: another body");
            assert_eq!(seen.values("content-type"), ["application/json"]);
            assert_eq!(seen.values("x-other"), ["kept"]);
        }
        let response = site.ask_as(&user(), "HEAD /backend/orders", &[]).await;
        assert_eq!(response.status(), 200);
        assert_eq!(site.backend.take_one().method, "HEAD");
    })
    .await;
}

#[actix_web::test]
async fn the_proxy_is_asked_once_with_the_cookies_and_nothing_else() {
    for kind in Kind::BOTH {
        let proxy = Recorder::start(StatusCode::NO_CONTENT);
        let backend = Recorder::start(StatusCode::OK);
        let front = kind.start(proxy.address, backend.address);
        let headers = [
            ("Cookie", "basket=1"),
            ("Cookie", "wechat_login=sealed"),
            ("Range", "bytes=0-1"),
        ];
        let visitor = front.visitor();
        let response = visitor.send("POST /backend/orders?code=1", &headers, "order");
        assert_eq!(response.await.status(), 200);
        let asked = proxy.take_one();
        assert_eq!(
            (asked.method.as_str(), asked.target.as_str()),
            ("GET", "/api/auth")
        );
        assert_eq!(asked.values("cookie"), ["basket=1; wechat_login=sealed"]);
        let mut names: Vec<_> = asked.headers.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        assert_eq!(names, ["cookie", "host"]);
        assert!(asked.body.is_empty());
        assert_eq!(backend.take_one().body, "order");
    }
}

#[actix_web::test]
async fn everything_else_goes_to_the_proxy() {
    behind_both(async |site| {
        let response = site.ask_as(&user(), "GET /api/session", &[]).await;
        assert_eq!(response.status(), 200);
        assert!(response.has("x-request-id"));
        for target in [
            "/healthz",
            "/backend/..%2fhealthz",
            "/backend/%2e%2e/healthz",
        ] {
            assert_ne!(site.get(target).await.status(), 500, "{target}");
        }
        assert!(site.backend.take().is_empty());
    })
    .await;
}
