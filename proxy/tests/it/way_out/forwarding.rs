//! Over plain http a forward proxy is sent the whole request.

use test_support::addresses::free_address;

use super::{
    HIDDEN, PASSWORD, Tinyproxy, USER, WRONG_PASSWORD, failed_login, through, url_with,
    with_password,
};
use crate::support::*;

#[actix_web::test]
async fn a_login_is_forwarded_with_and_without_a_password() {
    let simulator = Simulator::start().await.unwrap();
    for (tinyproxy, url) in [
        (Tinyproxy::start(""), None),
        (with_password(), Some(PASSWORD)),
    ] {
        let url = url.map_or_else(|| tinyproxy.url(), |it| url_with(&tinyproxy, it));
        let proxy = through(&simulator.base_url(), &url).await;
        proxy.log_in(&simulator, "xiaoming", Userinfo).await;
        assert_eq!(tinyproxy.requests("GET"), 2);
    }
    let tinyproxy = with_password();
    let keys = [
        ("WECHAT__PROXY", &*tinyproxy.url()),
        ("WECHAT__PROXY_USER", USER),
        ("WECHAT__PROXY_PASSWORD", PASSWORD),
    ];
    let proxy = TestProxy::start_with(config_with(&simulator.base_url(), &keys)).await;
    proxy.log_in(&simulator, "xiaoming", Base).await;
    assert_not_logged(&HIDDEN);
}

#[actix_web::test]
async fn a_proxy_that_wants_a_password_is_asked_once_for_each_login_and_spends_no_code() {
    let upstream = Upstream::start([]).await;
    let tinyproxy = with_password();
    let proxy = through(&upstream.base_url(), &tinyproxy.url()).await;
    for logins in 1..=2 {
        let line = failed_login(&proxy, "code").await;
        let words = format!("(407): through {}: ", tinyproxy.url());
        assert!(line.contains(&words), "{line}");
        assert_eq!(tinyproxy.requests("GET"), logins);
    }
    assert_eq!(upstream.targets(), [""; 0]);
}

#[actix_web::test]
async fn a_proxy_that_is_away_is_not_taken_for_wechat() {
    let away = format!("http://{}", free_address());
    let proxy = through(NO_WECHAT, &away).await;
    let line = failed_login(&proxy, "code").await;
    let words = format!("cannot be reached, or broke off: through {away}: ");
    assert!(line.contains(&words), "{line}");
}

#[actix_web::test]
async fn what_the_proxy_answers_itself_is_not_laid_to_wechat() {
    let upstream = Upstream::start([]).await;
    let wrong = with_password();
    let strict = Tinyproxy::start("Allow 10.0.0.1");
    for (url, status) in [(url_with(&wrong, WRONG_PASSWORD), 401), (strict.url(), 403)] {
        let proxy = through(&upstream.base_url(), &url).await;
        let line = failed_login(&proxy, "code").await;
        let words = format!("WeChat, or a proxy on the way, answered HTTP status {status}");
        assert!(line.contains(&words), "{line}");
    }
    assert_not_logged(&HIDDEN);
}

#[actix_web::test]
async fn a_proxy_that_dies_after_the_request_leaves_the_code_spent() {
    let upstream = Upstream::start([Reply::Silence, granted("snsapi_base")]).await;
    let tinyproxy = Tinyproxy::start("");
    let address = tinyproxy.address;
    let proxy = through(&upstream.base_url(), &tinyproxy.url()).await;
    let dying = async {
        upstream.wait_for(1).await;
        drop(tinyproxy);
    };
    let (line, ()) = tokio::join!(failed_login(&proxy, "code"), dying);
    assert!(line.contains("no answer from WeChat"), "{line}");
    let _another = Tinyproxy::start_at(address, "");
    failed_login(&proxy, "code").await;
    assert_eq!(upstream.exchanges(), 1);
    proxy.sign_in("other-code", VERIFIER).await.session().await;
}
