//! What goes wrong on the way, and what people are told of it.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use login_store::ScanStep;
use sha2::{Digest as _, Sha256};

use super::*;

/// A browser has one cookie for all its tabs; other hosts can add some of theirs.
#[actix_web::test]
async fn a_tab_outlives_the_login_of_another_and_others_cookies_hide_none() {
    let (simulator, proxy) = with_scans(&[]).await;
    let first = Computer::at(&proxy).await;
    let second = Computer::of(first.browser.clone()).await;
    for (tab, verifier) in [(&first, VERIFIER), (&second, OTHER_VERIFIER)] {
        let phone = Phone::at(&proxy);
        phone.allow(&simulator, "xiaoming", &tab.scanned).await;
        let code = tab.code().await;
        tab.redeem(&code, verifier).await.session().await;
    }
    let third = Computer::at(&proxy).await;
    let planted: Vec<_> = (0..7)
        .map(|it| format!("wechat_login_scan={it:042}A"))
        .collect();
    let cookie = [planted.join("; "), third.cookie_of().await].join("; ");
    let phone = Phone::at(&proxy);
    phone.allow(&simulator, "xiaoming", &third.scanned).await;
    let code = third.code().await;
    let cookie = Some(("Cookie", cookie));
    let third = third.with_browser(Caller::new(proxy.base_url.clone(), cookie));
    third.session_of(&code).await;
}

/// As where another replica had the phone, and this one has not looked since.
#[actix_web::test]
async fn a_decision_in_the_last_moment_is_not_lost() {
    let (simulator, proxy) = with_scans(&[("LIMITS__REQUESTS_AT_ONCE", "1")]).await;
    let (computer, phone) = (Computer::at(&proxy).await, Phone::at(&proxy));
    phone.asked(&simulator, "xiaoming", &computer.scanned).await;
    let owner = owner(&simulator);
    let decide = async {
        is_held(&proxy).await;
        let (now, id) = (NOW * 1000, &computer.scanned["/api/scan/".len()..]);
        let id = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(id));
        let step = ScanStep::Decide {
            id: &id,
            owner: &owner,
            is_allowed: true,
            ends_at: now + 180_000,
        };
        let store = &proxy.state.store;
        store.advance_scan(&step, now).await.unwrap().unwrap();
        proxy.clock.advance(Duration::from_secs(120));
        proxy.state.send_waiters_home();
    };
    let (code, ()) = futures_util::future::join(computer.code(), decide).await;
    computer.session_of(&code).await;
}

#[actix_web::test]
async fn what_wechat_refuses_is_told_in_plain_words_of_both_languages() {
    let english = ("Accept-Language", "en");
    for (errcode, status, chinese, words) in [
        (40029, 410, "授权已失效", "Scan the QR code"),
        (40163, 409, "授权已失效", "Scan the QR code"),
        (45009, 429, "稍等一分钟", "Wait"),
        (-1, 503, "暂时没有响应", "does not answer"),
        (40125, 502, "没有接受这次登录", "did not accept"),
    ] {
        let refused = || Reply::Body(error_body(errcode, "x"));
        let wechat = Upstream::start([refused(), refused()]).await;
        let settings = [("ACCOUNTS__SHOP__SCAN_LOGIN", "true")];
        let proxy = TestProxy::start_with(config_with(&wechat.base_url(), &settings)).await;
        for (language, words) in [(("Accept-Language", "zh-CN"), chinese), (english, words)] {
            let (computer, phone) = (Computer::at(&proxy).await, Phone::at(&proxy));
            let asked = phone.ask(&computer.scanned).await;
            let mut query = asked.query_pairs();
            let (_, state) = query.find(|(name, _)| name == "state").unwrap();
            let line = format!(
                "GET {}?code={errcode}{}&state={state}",
                computer.scanned, language.1
            );
            let answer = phone.0.ask(&line, &[WECHAT, language]).await;
            let retry = answer.headers().contains_key("retry-after");
            assert_eq!(retry, status == 429, "{errcode}");
            is_page(answer, status, words).await;
        }
    }
}

#[actix_web::test]
async fn what_clients_read_of_an_error_stays_with_its_page() {
    let (_simulator, proxy) = with_scans(&[("LIMITS__EXCHANGES_PER_CLIENT_PER_MINUTE", "1")]).await;
    Computer::at(&proxy).await;
    let answer = proxy.get(&address(APPID, PAGE, &login_state())).await;
    assert_eq!(answer.header("retry-after"), "60");
    is_page(answer, 429, "操作太频繁").await;
    let answer = proxy.ask("PUT /api/scan/x", &[]).await;
    assert_eq!(answer.header("allow"), "GET, POST");
    is_page(answer, 405, "请回到登录页面").await;
}
