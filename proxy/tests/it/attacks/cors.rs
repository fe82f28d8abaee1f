//! Pages that want to read what the app may read: foreign origins, and such as only look like the app's.

use super::attempts;
use crate::support::*;

const APP: &str = "https://app.shop.example";
const PERMISSION: &str = "access-control-allow-origin";

async fn proxy() -> TestProxy {
    let mut config = config(NO_WECHAT);
    config.allowed_origins = vec![APP.to_owned()];
    TestProxy::start_with(config).await
}

#[actix_web::test]
async fn no_look_alike_of_the_app_may_read_anything() {
    let proxy = proxy().await;
    for origin in attempts("look_alikes") {
        for line in [
            "GET /api/bootstrap",
            "GET /api/session",
            "OPTIONS /api/session",
            "OPTIONS /api/records/order/1",
        ] {
            let headers = [
                ("Origin", origin.as_str()),
                ("Access-Control-Request-Method", "PUT"),
                ("Access-Control-Request-Headers", "content-type"),
                ("Access-Control-Request-Private-Network", "true"),
            ];
            let answer = proxy.ask(line, &headers).await;
            assert!(!answer.has(PERMISSION), "{origin}: {line}");
            if line.starts_with("OPTIONS") {
                answer.error(400, InvalidRequest).await;
            }
        }
    }
}

#[actix_web::test]
async fn a_second_origin_beside_the_apps_gives_no_permission() {
    let proxy = proxy().await;
    for origins in [[APP, "https://evil.example"], ["https://evil.example", APP]] {
        let headers = origins.map(|origin| ("Origin", origin));
        let answer = proxy.ask("GET /api/session", &headers).await;
        // The one that may, or none: a browser compares it with the page it has.
        let allowed = answer.headers().get(PERMISSION);
        assert!(allowed.is_none_or(|allowed| allowed == APP), "{allowed:?}");
    }
}

#[actix_web::test]
async fn the_app_itself_may_not_send_headers_of_web_servers_and_backends() {
    let proxy = proxy().await;
    for name in [
        "authorization",
        "x-wechat-openid",
        "x-forwarded-for",
        "x-request-id",
        "x-http-method-override",
        "cookie",
    ] {
        let headers = [
            ("Origin", APP),
            ("Access-Control-Request-Method", "PUT"),
            ("Access-Control-Request-Headers", name),
        ];
        let answer = proxy.ask("OPTIONS /api/records/order/1", &headers).await;
        assert_eq!(answer.status(), 400, "{name}");
        let allowed = answer.headers().get("access-control-allow-headers");
        let allowed = allowed.map(|it| it.to_str().unwrap().to_lowercase());
        assert!(!allowed.unwrap_or_default().contains(name), "{name}");
    }
}
