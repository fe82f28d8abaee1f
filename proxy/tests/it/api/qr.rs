//! The QR code of one of our own pages.

use api_types::{ErrorCode, LoginState};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;

use crate::helpers::{TestProxy, error_of};

#[actix_web::test]
async fn a_page_of_this_site_becomes_a_picture_that_cannot_run_anything() {
    let proxy = TestProxy::start("http://127.0.0.1:1").await;
    let answer = proxy.get("/api/qr.svg?path=/orders%3Ftab%3D2%23top").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()[CONTENT_TYPE], "image/svg+xml");
    assert_eq!(
        answer.headers()["content-security-policy"],
        "default-src 'none'"
    );
    let svg = answer.text().await.unwrap();
    assert!(svg.contains("<svg") && svg.contains("<path"), "{svg}");
    assert!(!svg.contains("<script") && !svg.contains("href"));
    let other = proxy.get("/api/qr.svg?path=/orders").await.text().await;
    assert_ne!(svg, other.unwrap());
}

#[actix_web::test]
async fn other_sites_and_callbacks_are_refused() {
    let proxy = TestProxy::start("http://127.0.0.1:1").await;
    let login = LoginState {
        attempt: 1,
        made_at: 1_000,
    };
    let state = login.write("abcdefghijABCDEFGHIJ01");
    for path in [
        "",
        "//evil.example",
        "/%5Cevil.example",
        "https://evil.example",
        "%2F%2Fevil.example",
        "/%09/evil.example",
        &format!("/%3Fcode%3DC%26state%3D{state}"),
    ] {
        let answer = proxy.get(&format!("/api/qr.svg?path={path}")).await;
        error_of(answer, 400, ErrorCode::InvalidRequest).await;
    }
    let answer = proxy.get("/api/qr.svg").await;
    error_of(answer, 400, ErrorCode::InvalidRequest).await;
}

#[actix_web::test]
async fn invitations_and_other_providers_callbacks_are_addresses_like_any_other() {
    let proxy = TestProxy::start("http://127.0.0.1:1").await;
    for path in [
        "/?code=INVITE2026",
        "/?state=open",
        "/orders?code=OTHER&state=csrf-of-the-other&x=1#frag",
        "/orders?x=a\\b",
    ] {
        let answer = proxy.request(Method::GET, "/api/qr.svg");
        let answer = answer.query(&[("path", path)]).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
    }
}
