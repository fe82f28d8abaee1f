//! The QR login of a website application: an account's own, and one of a platform.

use wechat_login_proxy::config::Config;

use crate::support::*;

fn body(account: &str, code: &str) -> String {
    json!({ "account": account, "code": code, "verifier": VERIFIER, "website": true }).to_string()
}

/// A simulator, and a proxy with backends whose platform has the website application, so that both its accounts do.
async fn with_platform() -> (Simulator, TestProxy) {
    let simulator = Simulator::start().await.unwrap();
    let mut config = config_with(&simulator.base_url(), &WEBSITE_OF_PLATFORM);
    config.service_keys = config_with_backends().service_keys;
    (simulator, TestProxy::start_with(config).await)
}

/// Who scans the code on a page of this account.
async fn scan(simulator: &Simulator, browser: &Caller, account: &str) -> Session {
    let code = simulator.issue_code(WEBSITE, "xiaoming", Login);
    browser.post(body(account, &code)).await.session().await
}

#[actix_web::test]
async fn a_platforms_website_application_knows_one_person_on_the_pages_of_all_its_accounts() {
    let (simulator, proxy) = with_platform().await;
    let bootstrap: api_types::Bootstrap = proxy.get("/api/bootstrap").await.object().await;
    for account in ["shop", "cafe"] {
        let appid = bootstrap.accounts[account].website_appid.as_deref();
        assert_eq!(appid, Some(WEBSITE));
    }

    let (at_shop, at_cafe) = (proxy.stranger(), proxy.stranger());
    let shop = scan(&simulator, &at_shop, "shop").await;
    let cafe = scan(&simulator, &at_cafe, "cafe").await;
    assert_eq!((&*shop.account, &*cafe.account), ("shop", "cafe"));
    assert_eq!((&*shop.appid, &shop.openid), (WEBSITE, &cafe.openid));
    assert_eq!(shop.unionid, simulator.unionid(CAFE, "xiaoming"));
    // Each session is good, and stays that of its page.
    let headers = at_cafe.get("/api/auth").await;
    assert_eq!(headers.header("x-wechat-account"), "cafe");
    assert_eq!(headers.header("x-wechat-appid"), WEBSITE);
    assert!(at_shop.current_session().await == Some(shop.clone()));

    // One identity, so what is noted on one page is there on the other, and in WeChat by the unionid.
    let put = at_shop.put("/api/records/note/1", "1").await;
    assert_eq!(put.status(), 201);
    let page = at_cafe.page("/api/records").await;
    assert_eq!(
        (names(&page)[0].as_str(), page.records[0].account.as_str()),
        ("note/1", "shop")
    );
    let in_wechat = proxy.stranger();
    in_wechat.log_in(&simulator, "xiaoming", Userinfo).await;
    assert_eq!(in_wechat.names("/api/records").await, [""; 0]);
    let joined = in_wechat.names("/api/records?across=person").await;
    assert_eq!(joined, ["note/1"]);

    // A backend may name either account, or the website application itself.
    let backend = backend(&proxy);
    for account in ["shop", "cafe", WEBSITE] {
        let user = backend.get(&user_path(account, &shop.openid)).await;
        let user: api_types::Identity = user.object().await;
        assert_eq!(
            (user.appid.as_str(), user.platform.as_deref()),
            (WEBSITE, Some("camellia"))
        );
    }
    let erased: Value = backend
        .delete(&user_path("cafe", &shop.openid))
        .await
        .object()
        .await;
    assert_eq!(erased["erased_records"], 1);
    assert_eq!(
        backend.get(&user_path("shop", &shop.openid)).await.status(),
        404
    );
    assert_eq!(in_wechat.names("/api/records?across=person").await, [""; 0]);
}

/// As where both callbacks of one browser are open, each in the page of another account.
#[actix_web::test]
async fn the_same_code_again_is_a_session_of_the_page_that_asks() {
    let (simulator, proxy) = with_platform().await;
    let code = simulator.issue_code(WEBSITE, "xiaoming", Login);
    for account in ["shop", "cafe"] {
        let session = proxy.post(body(account, &code)).await.session().await;
        assert_eq!(session.account, account);
    }
}

#[actix_web::test]
async fn a_website_application_taken_from_one_account_ends_no_session_of_another() {
    let (simulator, proxy) = with_platform().await;
    let sessions = [("shop", 401), ("cafe", 200)];
    let mut callers = Vec::new();
    for (account, status) in sessions {
        let session = scan(&simulator, &proxy.stranger(), account).await;
        callers.push((session, status));
    }
    let mut config = Config::clone(&proxy.state.config);
    config.accounts.get_mut("shop").unwrap().website = None;
    let later = TestProxy::start_with(config).await;
    for (session, status) in callers {
        let browser = signed_in(&proxy, &session).moved_to(&later);
        assert_eq!(browser.get("/api/session").await.status(), status);
    }
}
