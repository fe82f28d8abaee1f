//! `GET /api/bootstrap`.

use api_types::Bootstrap;

use crate::support::*;

#[actix_web::test]
async fn tells_the_public_configuration_and_no_secret() {
    let proxy = TestProxy::alone().await;
    let response = proxy.get("/api/bootstrap").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("cache-control"), "no-store");
    let text = response.string().await;
    assert!(!text.contains("secret"), "{text}");
    let bootstrap: Bootstrap = serde_json::from_str(&text).unwrap();
    assert_eq!(bootstrap.public_url, "http://127.0.0.1:8080");
    assert_eq!(bootstrap.authorize_url_base, NO_WECHAT);
    assert_eq!(bootstrap.qrconnect_url_base, NO_WECHAT);
    assert_eq!(bootstrap.default_account, "shop");
    assert_eq!(bootstrap.accounts.len(), 2);
    assert_eq!(bootstrap.accounts["shop"].appid, APPID);
    assert_eq!(bootstrap.accounts["shop"].title, "山茶书店");
    assert!(bootstrap.require_wechat && !bootstrap.test_account);
    assert_eq!(bootstrap.session, None);
}

#[actix_web::test]
async fn tells_of_a_test_account() {
    let mut config = config(NO_WECHAT);
    (config.simulator, config.test_account) = (false, true);
    let proxy = TestProxy::start_with(config).await;
    let bootstrap: Bootstrap = proxy.get("/api/bootstrap").await.object().await;
    assert!(bootstrap.test_account);
}

#[actix_web::test]
async fn tells_who_is_signed_in() {
    let (simulator, proxy) = simulated().await;
    let session = proxy.log_in(&simulator, "xiaoming", Base).await;
    let bootstrap: Bootstrap = proxy.get("/api/bootstrap").await.object().await;
    assert_eq!(bootstrap.session, Some(session));
}
