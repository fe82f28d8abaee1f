//! Whose request ids are used.

use reqwest::Method;

use crate::helpers::{TestProxy, captured_log, config};
use wechat_login_proxy::config::{Config, TrustedProxies};

/// nginx's `$request_id`.
const NGINX: &str = "7f2c1a9be3a84d60b1f0c2d3e4f5a6b7";

fn trusting_this_machine() -> TrustedProxies {
    let toml = r#"
        public_url = "https://shop.example"
        database_url = "sqlite::memory:"
        session_keys = ["0123456789abcdef0123456789abcdef"]
        trusted_proxies = ["127.0.0.1"]
        [accounts.shop]
        appid = "wx00000000000000a1"
        secret = "s"
        title = "t"
    "#;
    Config::parse(toml, []).unwrap().trusted_proxies
}

async fn answered_id(proxy: &TestProxy, sent: &str) -> String {
    let request = proxy
        .request(Method::GET, "/api/session")
        .header("X-Request-Id", sent);
    let response = request.send().await.unwrap();
    let id = response.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let body: api_types::ApiErrorBody = response.json().await.unwrap();
    assert_eq!(body.error.request_id, id);
    id
}

#[actix_web::test]
async fn the_id_of_our_own_web_server_is_used_everywhere() {
    let mut config = config("http://127.0.0.1:9");
    config.trusted_proxies = trusting_this_machine();
    let proxy = TestProxy::start_with(config).await;
    assert_eq!(answered_id(&proxy, NGINX).await, NGINX);
    assert!(captured_log().contains(NGINX));
    for strange in [
        "",
        "short",
        "oABCdefGHIjklMNOpqrSTUvwxYZ0",
        "0123456789abcdef\t0",
    ] {
        assert_eq!(answered_id(&proxy, strange).await.len(), 16, "{strange}");
    }
}

#[actix_web::test]
async fn the_id_of_a_stranger_is_not() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    let forged = "ffffffffffffffffffffffffffffffff";
    assert_eq!(answered_id(&proxy, forged).await.len(), 16);
    assert!(!captured_log().contains(forged));
}
