//! `POST /api/session` with what no honest app sends. None of it reaches WeChat.

use api_types::ErrorCode;
use reqwest::Method;
use serde_json::json;

use crate::helpers::{TestProxy, VERIFIER, error_of};
use crate::upstream::Upstream;

async fn proxy_and_upstream() -> (TestProxy, Upstream) {
    let upstream = Upstream::start([]).await;
    (TestProxy::start(&upstream.base_url()).await, upstream)
}

#[actix_web::test]
async fn an_unknown_account_is_refused() {
    let (proxy, upstream) = proxy_and_upstream().await;
    for account in ["", "florist", "Shop", "shop ", "wx00000000000000a1"] {
        let response = proxy.sign_in_to(account, "code", VERIFIER).await;
        let error = error_of(response, 400, ErrorCode::InvalidRequest).await;
        assert!(
            error.message.starts_with("The account "),
            "{}",
            error.message
        );
    }
    assert_eq!(upstream.exchanges(), 0);
}

#[actix_web::test]
async fn empty_oversized_and_garbled_codes_are_refused() {
    let (proxy, upstream) = proxy_and_upstream().await;
    let too_long = "a".repeat(129);
    for code in ["", too_long.as_str(), "a b", "a\r\nX: y", "码", "\u{0}"] {
        let response = proxy.sign_in(code, VERIFIER).await;
        let error = error_of(response, 400, ErrorCode::InvalidRequest).await;
        assert!(error.message.starts_with("The code "), "{}", error.message);
    }
    assert_eq!(upstream.exchanges(), 0);
}

#[actix_web::test]
async fn the_longest_code_and_odd_characters_reach_wechat_unchanged() {
    let (proxy, upstream) = proxy_and_upstream().await;
    proxy.sign_in(&"a".repeat(128), VERIFIER).await;
    proxy.sign_in("a&secret=b#c+d%", VERIFIER).await;
    let targets = upstream.targets();
    assert!(targets[0].contains(&format!("&code={}&grant_type=", "a".repeat(128))));
    assert_eq!(
        targets[1],
        "/sns/oauth2/access_token?appid=wx00000000000000a1&secret=simulator-secret-a1\
         &code=a%26secret%3Db%23c%2Bd%25&grant_type=authorization_code"
    );
}

#[actix_web::test]
async fn a_verifier_of_another_form_is_refused() {
    let (proxy, upstream) = proxy_and_upstream().await;
    let (short, long, odd) = ("a".repeat(31), "a".repeat(33), "-".repeat(32));
    for verifier in ["", &short, &long, &odd] {
        let response = proxy.sign_in("code", verifier).await;
        let error = error_of(response, 400, ErrorCode::InvalidRequest).await;
        assert!(
            error.message.starts_with("The verifier "),
            "{}",
            error.message
        );
    }
    assert_eq!(upstream.exchanges(), 0);
}

#[actix_web::test]
async fn a_body_that_is_not_the_expected_json_is_refused() {
    let (proxy, upstream) = proxy_and_upstream().await;
    let extra = json!({ "account": "shop", "code": "c", "verifier": VERIFIER, "openid": "o" });
    let missing = json!({ "account": "shop", "code": "c" });
    let number = json!({ "account": "shop", "code": 1, "verifier": VERIFIER });
    let list = json!(["shop", "c", VERIFIER, false]);
    let deep = "[".repeat(4000);
    for body in [
        "",
        "{",
        "null",
        "[]",
        "account=shop",
        &deep,
        &extra.to_string(),
        &missing.to_string(),
        &number.to_string(),
        &list.to_string(),
    ] {
        let response = proxy.post(body.to_owned()).await;
        let error = error_of(response, 400, ErrorCode::InvalidRequest).await;
        assert!(error.message.starts_with("The body "), "{}", error.message);
    }
    let response = proxy.post(vec![0xff, 0xfe]).await;
    error_of(response, 400, ErrorCode::InvalidRequest).await;
    assert_eq!(upstream.exchanges(), 0);
}

#[actix_web::test]
async fn another_content_type_is_refused() {
    let (proxy, upstream) = proxy_and_upstream().await;
    let body = json!({ "account": "shop", "code": "c", "verifier": VERIFIER }).to_string();
    // What a foreign page could send without asking first, and what is no content type at all.
    for kind in [
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data"),
        Some("json"),
        None,
    ] {
        let mut request = proxy
            .request(Method::POST, "/api/session")
            .body(body.clone());
        if let Some(kind) = kind {
            request = request.header("Content-Type", kind);
        }
        let response = request.send().await.unwrap();
        error_of(response, 415, ErrorCode::InvalidRequest).await;
    }
    assert_eq!(upstream.exchanges(), 0);
}

#[actix_web::test]
async fn a_body_may_have_4096_bytes_and_no_more() {
    let (proxy, upstream) = proxy_and_upstream().await;
    let body = json!({ "account": "shop", "code": "c", "verifier": VERIFIER }).to_string();
    let padded = |length: usize| body.clone() + &" ".repeat(length - body.len());

    proxy.post(padded(4096)).await;
    assert_eq!(upstream.exchanges(), 1);

    for length in [4097, 1_000_000] {
        let response = proxy.post(padded(length)).await;
        error_of(response, 413, ErrorCode::InvalidRequest).await;
    }
    assert_eq!(upstream.exchanges(), 1);
}

#[actix_web::test]
async fn a_method_that_is_not_there_is_refused_with_those_that_are() {
    let (proxy, _upstream) = proxy_and_upstream().await;
    for method in [Method::PUT, Method::PATCH, Method::OPTIONS] {
        let response = proxy.request(method, "/api/session").send().await.unwrap();
        assert_eq!(response.headers()["allow"], "GET, POST, DELETE");
        error_of(response, 405, ErrorCode::InvalidRequest).await;
    }
}
