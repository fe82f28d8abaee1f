//! Pages that want to read what the app may read: foreign origins, and such as only look like the app's.

use reqwest::Method;

use crate::helpers::{TestProxy, config};

const APP: &str = "https://app.shop.example";

async fn proxy() -> TestProxy {
    let mut config = config("http://127.0.0.1:9");
    config.allowed_origins = vec![APP.to_owned()];
    TestProxy::start_with(config).await
}

/// Everything but [`APP`] that a careless comparison takes for it.
const LOOK_ALIKES: [&str; 26] = [
    "null",
    "*",
    "https://evil.example",
    // Longer before, longer behind.
    "https://app.shop.example.evil.example",
    "https://evilapp.shop.example",
    "https://evil.app.shop.example",
    "https://app.shop.exampleevil.example",
    "https://app.shop.example@evil.example",
    "https://evil.example/https://app.shop.example",
    "https://evil.example?https://app.shop.example",
    "https://evil.example#https://app.shop.example",
    // Shorter.
    "https://shop.example",
    "https://app.shop.exampl",
    "app.shop.example",
    // Another scheme or port.
    "http://app.shop.example",
    "https://app.shop.example:443",
    "https://app.shop.example:8443",
    "file://app.shop.example",
    // A dot that stands for anything, a host that ends in one.
    "https://appxshop.example",
    "https://app.shop.example.",
    // Written otherwise.
    "HTTPS://APP.SHOP.EXAMPLE",
    "https://app.shop.example/",
    "https://app.shop.example, https://evil.example",
    "https://evil.example https://app.shop.example",
    "https://app.shop.example\tevil",
    "https://app%2eshop.example",
];

#[actix_web::test]
async fn no_look_alike_of_the_app_may_read_anything() {
    let proxy = proxy().await;
    for origin in LOOK_ALIKES {
        for (method, path) in [
            (Method::GET, "/api/bootstrap"),
            (Method::GET, "/api/session"),
            (Method::OPTIONS, "/api/session"),
            (Method::OPTIONS, "/api/records/order/1"),
        ] {
            let request = proxy
                .request(method, path)
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "PUT")
                .header("Access-Control-Request-Headers", "content-type")
                .header("Access-Control-Request-Private-Network", "true");
            let answer = request.send().await.unwrap();
            let names = answer.headers().keys().map(|name| name.as_str());
            let permissions: Vec<_> = names
                .filter(|name| name.starts_with("access-control-allow-origin"))
                .collect();
            assert!(
                permissions.is_empty(),
                "{origin} at {path}: {permissions:?}"
            );
        }
    }
}

#[actix_web::test]
async fn a_second_origin_beside_the_apps_gives_no_permission() {
    let proxy = proxy().await;
    for origins in [[APP, "https://evil.example"], ["https://evil.example", APP]] {
        let mut request = proxy.request(Method::GET, "/api/session");
        for origin in origins {
            request = request.header("Origin", origin);
        }
        let answer = request.send().await.unwrap();
        let allowed = answer.headers().get("access-control-allow-origin");
        // The one that may, or none: a browser compares it with the page it has.
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
        let request = proxy
            .request(Method::OPTIONS, "/api/records/order/1")
            .header("Origin", APP)
            .header("Access-Control-Request-Method", "PUT")
            .header("Access-Control-Request-Headers", name);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 400, "{name}");
        let allowed = answer.headers().get("access-control-allow-headers");
        let allowed = allowed.map(|it| it.to_str().unwrap().to_lowercase());
        assert!(!allowed.unwrap_or_default().contains(name), "{name}");
    }
}
