//! What somebody could try with other people's phones and computers.

use super::*;

#[actix_web::test]
async fn a_forwarded_code_says_what_would_happen_and_no_is_what_happens_by_default() {
    let (simulator, proxy) = with_scans(&[]).await;
    for body in [
        "",
        "decision=",
        "decision=refuse",
        "decision=Allow",
        "x=1&decision=allow",
        "{}",
    ] {
        let (attacker, victim) = (Computer::at(&proxy).await, Phone::at(&proxy));
        let page = victim
            .asked(&simulator, "xiaohong", &attacker.scanned)
            .await;
        assert!(
            page.contains("打开那个页面的人就会以你的身份登录"),
            "{page}"
        );
        let (no, yes) = (page.find("value=\"refuse\""), page.find("value=\"allow\""));
        assert!(
            no < yes && no.is_some(),
            "the first button is what Enter presses"
        );
        is_page(
            victim.decide(&attacker.scanned, body).await,
            200,
            "没有登录",
        )
        .await;
        assert_eq!(
            attacker.news("seen").await,
            json!({ "state": "refused" }),
            "{body}"
        );
        // Final.
        victim.is_late(&attacker.scanned).await;
        assert!(attacker.browser.current_session().await.is_none());
    }
}

#[actix_web::test]
async fn nothing_of_a_scan_can_be_used_again() {
    let (simulator, proxy) = with_scans(&[]).await;
    let (computer, phone) = (Computer::at(&proxy).await, Phone::at(&proxy));
    phone.allow(&simulator, "xiaoming", &computer.scanned).await;
    let code = computer.code().await;
    let session = computer.session_of(&code).await;
    // The page, the code, the QR code, on the same phone and on another one.
    computer.is_over(&computer.browser, "seen").await;
    computer.is_refused(&code, OTHER_VERIFIER).await;
    let scanned = &computer.scanned;
    for (phone, decision) in [
        (&phone, "decision=refuse"),
        (&Phone::at(&proxy), "decision=allow"),
    ] {
        is_page(phone.get(scanned).await, 410, "已失效").await;
        is_page(phone.decide(scanned, decision).await, 410, "已失效").await;
    }
    // Tapped twice.
    let again = phone.decide(scanned, "decision=allow").await;
    is_page(again, 200, "已允许登录").await;
    assert!(computer.browser.current_session().await == Some(session));
}

#[actix_web::test]
async fn a_code_repeated_with_its_verifier_brings_the_same_and_with_another_nothing() {
    let (simulator, proxy) = with_scans(&[]).await;
    let (computer, phone) = (Computer::at(&proxy).await, Phone::at(&proxy));
    phone.allow(&simulator, "xiaoming", &computer.scanned).await;
    let code = computer.code().await;
    let cookie = ("Cookie", computer.cookie_of().await);
    let computer = computer.with_browser(Caller::new(proxy.base_url.clone(), Some(cookie)));
    let first = computer.session_of(&code).await;
    proxy.clock.advance(Duration::from_secs(30));
    assert!(computer.session_of(&code).await == first);
    computer.is_refused(&code, OTHER_VERIFIER).await;
    proxy.clock.advance(Duration::from_secs(30));
    computer.is_refused(&code, VERIFIER).await;
}

#[actix_web::test]
async fn the_second_persons_phone_decides_nothing() {
    let (simulator, proxy) = with_scans(&[]).await;
    let computer = Computer::at(&proxy).await;
    let (first, second) = (Phone::at(&proxy), Phone::at(&proxy));
    first.asked(&simulator, "xiaoming", &computer.scanned).await;
    simulator.set_current("xiaohong");
    is_page(second.scan(&computer.scanned).await, 410, "另一部手机").await;
    second.is_late(&computer.scanned).await;
    assert_eq!(computer.news("waiting").await, json!({ "state": "seen" }));
    first.decide(&computer.scanned, "decision=allow").await;
    let code = computer.code().await;
    let session = computer.session_of(&code).await;
    assert_eq!(session.openid, simulator.openid(APPID, "xiaoming"));
}

#[actix_web::test]
async fn the_cookie_alone_and_the_pages_token_alone_open_nothing() {
    let (simulator, proxy) = with_scans(&[]).await;
    let (computer, phone) = (Computer::at(&proxy).await, Phone::at(&proxy));
    let cookie = computer.cookie_of().await;
    phone.allow(&simulator, "xiaoming", &computer.scanned).await;
    // A thief with the cookie, whose own page has another token.
    let thief = Caller::new(proxy.base_url.clone(), Some(("Cookie", cookie)));
    let body = json!({ "token": Computer::at(&proxy).await.token, "known": "seen" }).to_string();
    let answer = thief.send("POST /api/scan/wait", &[JSON], body).await;
    answer.error(410, ScanExpired).await;
    // One with the token, and with the code of it, in a browser with another cookie and in one with none.
    let code = computer.code().await;
    for thief in [proxy.stranger(), Computer::at(&proxy).await.browser] {
        computer.is_over(&thief, "seen").await;
        let thief = computer.with_browser(thief);
        thief.is_refused(&code, OTHER_VERIFIER).await;
    }
    computer.session_of(&code).await;
}

#[actix_web::test]
async fn a_snapshot_visitor_decides_nothing_until_the_full_page_is_open() {
    let (simulator, proxy) = with_scans(&[]).await;
    let (computer, phone) = (Computer::at(&proxy).await, Phone::at(&proxy));
    let asked = phone.ask(&computer.scanned).await;
    let (_, state) = asked
        .query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap();
    let back = |code: &str| format!("{}?code={code}&state={state}", computer.scanned);
    let code = simulator.issue_snapshot_code(APPID, "xiaoming");
    is_page(phone.get(&back(&code)).await, 403, "使用完整服务").await;
    phone.is_late(&computer.scanned).await;
    let code = simulator.issue_code(APPID, "xiaoming", Base);
    assert_eq!(phone.get(&back(&code)).await.code(), 303);
    assert_eq!(computer.news("waiting").await, json!({ "state": "seen" }));
}

/// Its browser's session is not what counts, and stays what it was.
#[actix_web::test]
async fn a_session_of_another_account_on_the_phone_changes_nothing() {
    let (simulator, proxy) = with_scans(&[]).await;
    let phone = Phone::at(&proxy);
    let code = simulator.issue_code(CAFE, "xiaohong", Base);
    let own = phone
        .0
        .sign_in_to("cafe", &code, VERIFIER)
        .await
        .session()
        .await;
    let computer = Computer::at(&proxy).await;
    phone.allow(&simulator, "xiaoming", &computer.scanned).await;
    let session = computer.session_of(&computer.code().await).await;
    assert_eq!(session.account, "shop");
    assert_eq!(session.openid, simulator.openid(APPID, "xiaoming"));
    assert!(phone.0.current_session().await == Some(own));
}

#[actix_web::test]
async fn a_code_that_is_over_is_over_everywhere() {
    let (simulator, proxy) = with_scans(&[]).await;
    let [unseen, undecided, untaken] = [0; 3].map(|_| Computer::at(&proxy));
    let (unseen, undecided, untaken) = (unseen.await, undecided.await, untaken.await);
    let phones = [0; 2].map(|_| Phone::at(&proxy));
    phones[0]
        .asked(&simulator, "xiaoming", &undecided.scanned)
        .await;
    phones[1]
        .allow(&simulator, "xiaoming", &untaken.scanned)
        .await;
    let code = untaken.code().await;
    proxy.clock.advance(Duration::from_secs(120));
    is_page(phones[0].get(&unseen.scanned).await, 410, "已失效").await;
    phones[0].is_late(&undecided.scanned).await;
    untaken.is_refused(&code, VERIFIER).await;
    let expired = json!({ "state": "expired" });
    assert_eq!(unseen.news("waiting").await, expired);
    assert_eq!(undecided.news("seen").await, expired);
    assert_eq!(untaken.news("seen").await, expired);
    // The next one tidies up.
    Computer::at(&proxy).await;
    unseen.is_over(&unseen.browser, "waiting").await;
}

#[actix_web::test]
async fn the_computers_page_leads_nowhere_but_to_the_app() {
    let (_simulator, proxy) = with_scans(&[]).await;
    let state = login_state();
    for redirect_uri in [
        "http://127.0.0.1:8080.evil.test/",
        "http://127.0.0.1:8080@evil.test/",
        "https://evil.test/",
        "//evil.test/",
        "http://127.0.0.1:8080//evil.test",
        "http://127.0.0.1:8080/\\evil.test",
        "http://127.0.0.1:8080",
        "http://127.0.0.1:8080/#x",
        "javascript:alert(1)",
        "",
    ] {
        let answer = proxy.get(&address(APPID, redirect_uri, &state)).await;
        is_page(answer, 400, "不是由本站的登录页面生成的").await;
    }
    let good = address(APPID, PAGE, &state);
    for (from, to) in [
        (&*state, "abc"),
        ("snsapi_login", "snsapi_base"),
        ("response_type=code", "response_type=token"),
        ("?appid", "?x=1&appid"),
        ("?appid", "?state=1&appid"),
    ] {
        is_page(proxy.get(&good.replace(from, to)).await, 400, "不是由本站").await;
    }
    let answer = proxy.get(&good.replace(APPID, CAFE)).await;
    is_page(answer, 400, "没有配置这类应用").await;
}

#[actix_web::test]
async fn codes_of_one_door_open_no_other() {
    let (simulator, proxy) = with_scans(&[]).await;
    let (computer, phone) = (Computer::at(&proxy).await, Phone::at(&proxy));
    phone.allow(&simulator, "xiaoming", &computer.scanned).await;
    let code = computer.code().await;
    let wechats = simulator.issue_code(APPID, "xiaoming", Base);
    let asked = simulator.requests().len();
    for answer in [
        computer.browser.sign_in(&code, VERIFIER).await,
        computer.redeem_at("cafe", &code, VERIFIER).await,
        computer.redeem(&wechats, VERIFIER).await,
    ] {
        answer.error(400, WrongApplication).await;
    }
    assert_eq!(simulator.requests().len(), asked);
    // Nothing is lost by that.
    computer.session_of(&code).await;
}

#[actix_web::test]
async fn one_client_begins_so_many_and_an_erased_user_is_signed_in_nowhere() {
    let (simulator, proxy) = with_scans(&[("LIMITS__EXCHANGES_PER_CLIENT_PER_MINUTE", "2")]).await;
    let (computer, phone) = (Computer::at(&proxy).await, Phone::at(&proxy));
    Computer::at(&proxy).await;
    let answer = proxy.get(&address(APPID, PAGE, &login_state())).await;
    is_page(answer, 429, "操作太频繁").await;
    phone.allow(&simulator, "xiaoming", &computer.scanned).await;
    let code = computer.code().await;
    let owner = owner(&simulator);
    proxy.state.store.erase(&owner).await.unwrap();
    computer.is_refused(&code, VERIFIER).await;
}

impl Computer {
    /// Its cookie as a thief would have it; another tab of the same browser is told the same.
    pub(super) async fn cookie_of(&self) -> String {
        let line = format!("GET {}", address(APPID, PAGE, &login_state()));
        let page = self.browser.ask(&line, &[CHROME]).await;
        let cookie = page.header("set-cookie").split(';').next().unwrap();
        suite_log::must_not_be_logged([cookie.split_once('=').unwrap().1]);
        cookie.to_owned()
    }
}
