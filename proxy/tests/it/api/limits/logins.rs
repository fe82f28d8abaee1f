//! So many logins a minute, of one client and altogether.

use std::time::Duration;

use api_types::ErrorCode;
use reqwest::{Method, Response};
use serde_json::json;
use wechat_login_proxy::config::Config;
use wechat_simulator::{GrantedScope, Simulator};

use super::{count, retry_after};
use crate::helpers::{APPID, OTHER_VERIFIER, TestProxy, VERIFIER, config, error_of, session_of};

/// A configuration that believes its own machine about callers.
fn behind_a_web_server(simulator: &Simulator) -> Config {
    let mut config = config(&simulator.base_url());
    let toml = include_str!("../../../../proxy.example.toml");
    let given = [
        (
            "WECHAT_LOGIN__SESSION_KEYS",
            "0123456789abcdef0123456789abcdef",
        ),
        ("WECHAT_LOGIN__ACCOUNTS__SHOP__SECRET", "secret"),
    ];
    let example = Config::parse(toml, given.map(|(name, value)| (name.into(), value.into())));
    config.trusted_proxies = example.unwrap().trusted_proxies;
    config
}

async fn sign_in_from(proxy: &TestProxy, forwarded_for: &str, code: &str) -> Response {
    let body = json!({ "account": "shop", "code": code, "verifier": VERIFIER });
    proxy
        .request(Method::POST, "/api/session")
        .header("X-Forwarded-For", forwarded_for)
        .json(&body)
        .send()
        .await
        .unwrap()
}

async fn assert_refused(response: Response, seconds: u64) {
    assert_eq!(retry_after(&response), seconds);
    let error = error_of(response, 429, ErrorCode::RateLimited).await;
    assert_eq!(error.wechat, None);
    assert!(
        error.message.contains(&format!("Wait {seconds} s")),
        "{}",
        error.message
    );
}

#[actix_web::test]
async fn a_client_signs_in_as_often_as_allowed_and_again_after_what_retry_after_says() {
    let simulator = Simulator::start().await.unwrap();
    let mut config = config(&simulator.base_url());
    config.limits.exchanges_per_client = count(3);
    let proxy = TestProxy::start_with(config).await;
    let code = || simulator.issue_code(APPID, "xiaoming", GrantedScope::Base);
    for _ in 0..3 {
        session_of(proxy.sign_in(&code(), VERIFIER).await).await;
    }
    let unspent = code();
    assert_refused(proxy.sign_in(&unspent, VERIFIER).await, 20).await;
    assert_eq!(simulator.requests().len(), 3);
    proxy.clock.advance(Duration::from_secs(19));
    assert_refused(proxy.sign_in(&unspent, VERIFIER).await, 1).await;
    proxy.clock.advance(Duration::from_secs(1));
    session_of(proxy.sign_in(&unspent, VERIFIER).await).await;
}

#[actix_web::test]
async fn behind_a_web_server_clients_are_told_apart_and_cannot_pretend_to_be_others() {
    let simulator = Simulator::start().await.unwrap();
    let mut config = behind_a_web_server(&simulator);
    config.limits.exchanges_per_client = count(1);
    let proxy = TestProxy::start_with(config).await;
    for (caller, status) in [
        ("198.51.100.1", 410),
        ("198.51.100.1", 429),
        // What the caller wrote itself stands before what the web server added.
        ("203.0.113.77, 198.51.100.1", 429),
        ("127.0.0.1, 198.51.100.1", 429),
        ("198.51.100.2", 410),
        ("2001:db8:1:2::1", 410),
        ("2001:db8:1:2:3::4", 429),
        ("2001:db8:1:3::1", 410),
    ] {
        let response = sign_in_from(&proxy, caller, "unknown-code").await;
        assert_eq!(response.status(), status, "{caller}");
    }
}

#[actix_web::test]
async fn without_a_web_server_nobody_can_pretend_to_be_others() {
    let simulator = Simulator::start().await.unwrap();
    let mut config = config(&simulator.base_url());
    config.limits.exchanges_per_client = count(1);
    let proxy = TestProxy::start_with(config).await;
    for (caller, status) in [("198.51.100.1", 410), ("198.51.100.2", 429)] {
        let response = sign_in_from(&proxy, caller, "unknown-code").await;
        assert_eq!(response.status(), status, "{caller}");
    }
}

#[actix_web::test]
async fn altogether_only_so_many_reach_wechat_and_repeated_callbacks_do_not_count() {
    let simulator = Simulator::start().await.unwrap();
    let mut config = config(&simulator.base_url());
    config.limits.exchanges = count(2);
    let proxy = TestProxy::start_with(config).await;
    let code = || simulator.issue_code(APPID, "xiaoming", GrantedScope::Base);
    let first = code();
    for _ in 0..10 {
        session_of(proxy.sign_in(&first, VERIFIER).await).await;
    }
    // Refused without a call to WeChat, so it does not count either.
    let stranger = proxy.sign_in(&first, OTHER_VERIFIER).await;
    error_of(stranger, 409, ErrorCode::CodeUsed).await;
    session_of(proxy.sign_in(&code(), VERIFIER).await).await;

    let unspent = code();
    assert_refused(proxy.sign_in(&unspent, VERIFIER).await, 30).await;
    session_of(proxy.sign_in(&first, VERIFIER).await).await;
    assert_eq!(simulator.requests().len(), 2);
    proxy.clock.advance(Duration::from_secs(30));
    session_of(proxy.sign_in(&unspent, VERIFIER).await).await;
}
