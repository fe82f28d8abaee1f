//! A `public_url` with a path: whether a web server in front takes it off or not, the proxy answers alike.

use std::collections::BTreeMap;

use tempfile::TempDir;

use crate::support::*;

const SITE: (&str, &str) = ("PUBLIC_URL", "https://shop.example/h5");
const NAME: &str = "MP_verify_AbCdEf0123456789.txt";
const PAGE: &str = "<!doctype html><base href=\"/\" /><title>app</title>";
/// An origin that may ask.
const ASKING: &str = "https://www.shop.example";

/// A proxy with two backends, the app and a verification file.
async fn start() -> (TestProxy, TempDir) {
    let folder = folder_of(&[("index.html", PAGE), ("app-0123456789abcdef.js", "")]);
    let mut config = config_with(
        NO_WECHAT,
        &[
            SITE,
            ("STATIC_DIR", folder.path().to_str().unwrap()),
            ("ACCOUNTS__SHOP__VERIFY_FILES", NAME),
            ("ALLOWED_ORIGINS", ASKING),
        ],
    );
    config.service_keys = config_with_backends().service_keys;
    (TestProxy::start_with(config).await, folder)
}

/// All of an answer that is not another one each time, and the route that the log has.
async fn answer_of(
    browser: &Caller,
    line: &str,
) -> (u16, BTreeMap<String, String>, String, String) {
    let headers = [("Accept", "text/html"), ("Origin", ASKING)];
    let answer = browser.ask(line, &headers).await;
    let id = answer.header("x-request-id").to_owned();
    let log = line_of(&id);
    let (_, route) = log.split_once(" route=").unwrap_or_default();
    let route = route.split(' ').next().unwrap_or_default().to_owned();
    let headers = answer.headers().iter();
    let headers = headers.filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()));
    let headers =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let (status, headers) = (answer.code(), headers.collect());
    let body = answer.string().await.replace(&id, "");
    (status, headers, body, route)
}

#[actix_web::test]
async fn every_route_answers_alike_with_and_without_the_prefix() {
    let (proxy, _folder) = start().await;
    let somebody = user(&proxy, "shop", OPENID, None).await;
    assert_eq!(
        somebody.put("/h5/api/records/order/1", "1").await.code(),
        201
    );
    for (line, status) in [
        ("GET /readyz", 200),
        ("GET /api/bootstrap", 200),
        ("GET /api/auth", 204),
        ("GET /api/session", 200),
        ("DELETE /api/session", 204),
        ("POST /api/session", 415),
        ("POST /api/report", 400),
        ("GET /api/qr.svg?path=/h5/orders", 200),
        ("GET /api/qr.svg?path=/orders", 400),
        ("GET /api/openapi.json", 200),
        ("GET /api/records?limit=1", 200),
        ("GET /api/records/order/1", 200),
        ("GET /api/records/order/%2f", 400),
        ("OPTIONS /api/records", 405),
        ("GET /api/unknown", 404),
        ("GET /MP_verify_AbCdEf0123456789.txt", 200),
        ("GET /MP_verify_AbCdEf.txt", 404),
        ("GET /", 200),
        ("GET /orders?x=/h5/", 200),
        ("GET /app-0123456789abcdef.js", 200),
        ("GET /missing.js", 404),
        ("GET /..%2fx", 404),
    ] {
        let with_prefix = line.replacen(" /", " /h5/", 1);
        let [one, other] = [line, &with_prefix].map(|line| answer_of(&somebody, line));
        let (one, other) = (one.await, other.await);
        assert_eq!(one.0, status, "{line}");
        assert_eq!(one, other, "{line}");
    }
}

/// With a slash at its end, because the page's addresses are relative to that.
#[actix_web::test]
async fn the_prefix_alone_leads_to_the_page_and_look_alikes_nowhere() {
    let (proxy, _folder) = start().await;
    for (path, place) in [
        ("/h5", "/h5/"),
        ("/h5?code=c&state=%2F", "/h5/?code=c&state=%2F"),
    ] {
        let answer = proxy.get(path).await;
        assert_eq!((answer.code(), answer.header("location")), (307, place));
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    for path in ["/h5x/api/session", "/H5/api/session", "/%68%35/api/session"] {
        // A page of the app, for all the proxy knows.
        assert_eq!(proxy.get(path).await.code(), 200, "{path}");
    }
    let without_app = TestProxy::alone_with(&[SITE]).await;
    without_app.get("/h5").await.error(404, NotFound).await;
}

#[actix_web::test]
async fn the_description_says_where_the_api_is() {
    let (proxy, _folder) = start().await;
    let document: Value = proxy.get("/h5/api/openapi.json").await.object().await;
    assert_eq!(document["servers"], json!([{ "url": "/h5" }]));
    let scheme = "/components/securitySchemes/session/name";
    assert_eq!(document.pointer(scheme).unwrap(), "__Secure-wechat_login");
    let of_backends = &document["paths"]["/service/accounts/{account}/users/{openid}"];
    assert_eq!(of_backends["servers"], json!([{ "url": "/" }]));
    let bootstrap: Value = proxy.get("/h5/api/bootstrap").await.object().await;
    assert_eq!(bootstrap["public_url"], SITE.1);
}

/// A web server that takes the prefix off and keeps `/service/` to itself passes on what is below the prefix twice.
#[actix_web::test]
async fn the_service_api_is_not_below_the_prefix() {
    let (proxy, _folder) = start().await;
    user(&proxy, "shop", OPENID, None).await;
    let backend = backend(&proxy);
    let path = user_path("shop", OPENID);
    assert_eq!(backend.get(&path).await.code(), 200);
    for detour in [
        format!("/h5{path}"),
        format!("/h5{}", path.replace("/service", "/%73ervice")),
        "/h5/service/".to_owned(),
        "/h5/service".to_owned(),
    ] {
        backend.get(&detour).await.error(404, NotFound).await;
    }
}
