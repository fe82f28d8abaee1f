//! A computer is signed in by a phone: the way it is meant, over replicas, and what waiting costs.

mod attacks;
mod devices;
mod forgeries;
mod trouble;
mod waiting;

use api_types::{Bootstrap, LoginState};
use login_store::{DatabaseUrl, Owner};
use wechat_oauth::{AuthorizeRequest, authorize_url};
use wechat_simulator::Simulator;

use crate::support::*;
use devices::{Computer, Phone, is_page};

const WECHAT: (&str, &str) = (
    "User-Agent",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) MicroMessenger/8.0.46",
);
const CHROME: (&str, &str) = (
    "User-Agent",
    "Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36",
);
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const PAGE: &str = "http://127.0.0.1:8080/orders?tab=1";

/// A simulator, and a proxy whose account `shop` signs computers in.
async fn with_scans(others: &[(&str, &str)]) -> (Simulator, TestProxy) {
    simulated_with(&[&[("ACCOUNTS__SHOP__SCAN_LOGIN", "true")], others].concat()).await
}

fn login_state() -> String {
    let login = LoginState {
        attempt: 1,
        made_at: NOW * 1000,
    };
    login.write("abcdefghijABCDEFGHIJ01").to_string()
}

/// Whose phone most of them are.
fn owner(simulator: &Simulator) -> Owner {
    Owner {
        appid: AppId::parse(APPID).unwrap(),
        openid: OpenId::parse(&simulator.openid(APPID, "xiaoming")).unwrap(),
    }
}

/// When a computer's question is held, and not counted where one is the most.
async fn is_held(proxy: &TestProxy) {
    let figures = || proxy.state.metrics.text(proxy.state.store.pool_status());
    while !figures().contains("http_requests_under_way 1\n") {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    while proxy.get("/api/bootstrap").await.code() != 200 {}
}

/// The address that the app makes for WeChat's page, here below `/api/scan`.
fn address(appid: &str, redirect_uri: &str, state: &str) -> String {
    let address = authorize_url(&AuthorizeRequest {
        base: "/api/scan",
        appid,
        redirect_uri,
        scope: Scope::Login,
        state,
    });
    address.replace("#wechat_redirect", "")
}

#[actix_web::test]
async fn a_phone_signs_a_computer_in_without_a_website_application() {
    let (simulator, proxy) = with_scans(&[]).await;
    let bootstrap: Bootstrap = proxy.get("/api/bootstrap").await.object().await;
    assert_eq!(
        bootstrap.accounts["shop"].website_appid.as_deref(),
        Some(APPID)
    );
    assert_eq!(bootstrap.accounts["cafe"].website_appid, None);
    assert_eq!(
        bootstrap.qrconnect_url_base,
        "http://127.0.0.1:8080/api/scan"
    );

    // A name that the account has given before is there, too.
    let known = proxy.log_in(&simulator, "xiaoming", Userinfo).await;
    let (computer, phone) = (Computer::at(&proxy).await, Phone::at(&proxy));
    let page = phone.asked(&simulator, "xiaoming", &computer.scanned).await;
    for words in [
        "山茶书店",
        "127.0.0.1",
        "Chrome · Windows",
        "0 秒前",
        &computer.number,
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(computer.news("waiting").await, json!({ "state": "seen" }));
    phone.decide(&computer.scanned, "decision=allow").await;
    // Once more where the first answer was lost.
    let code = computer.code().await;
    assert_eq!(computer.code().await, code);
    let answer = computer.redeem(&code, VERIFIER).await;
    let cookies: Vec<_> = answer.headers().get_all("set-cookie").iter().collect();
    assert_eq!(cookies.len(), 1);
    let session = answer.session().await;
    assert_eq!(
        (&session.openid, &session.unionid, &session.profile),
        (&known.openid, &known.unionid, &known.profile)
    );
    assert_eq!(
        (session.account.as_str(), session.scope),
        ("shop", Scope::Base)
    );
    assert!(computer.browser.current_session().await == Some(session));
    // The phone's own browser is as it was.
    assert!(phone.0.current_session().await.is_none());
    let figures = proxy.state.metrics.text(proxy.state.store.pool_status());
    for step in ["begun", "claimed", "allowed", "redeemed"] {
        let line = format!("wechat_login_scans_total{{step=\"{step}\"}} 1");
        assert!(figures.contains(&line), "{line}: {figures}");
    }
}

/// Every step at another replica than the one before, the computer waiting at the first.
#[actix_web::test]
async fn any_replica_serves_any_step_and_whoever_waits_hears_of_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}/db.sqlite", folder.path().display());
    let (simulator, first) = with_scans(&[("DATABASE_URL", &url)]).await;
    let settings = [
        ("ACCOUNTS__SHOP__SCAN_LOGIN", "true"),
        ("DATABASE_URL", &url),
    ];
    let second = TestProxy::start_with(config_with(&simulator.base_url(), &settings)).await;
    assert!(matches!(
        second.state.config.database,
        DatabaseUrl::SqliteFile(_)
    ));
    let (computer, phone) = (Computer::at(&first).await, Phone::at(&second));
    let (seen, page) = futures_util::future::join(
        computer.news("waiting"),
        phone.asked(&simulator, "xiaoming", &computer.scanned),
    )
    .await;
    assert_eq!(seen, json!({ "state": "seen" }));
    assert!(page.contains(&computer.number), "{page}");
    let (code, _) = futures_util::future::join(
        computer.code(),
        phone.decide(&computer.scanned, "decision=allow"),
    )
    .await;
    let computer = computer.with_browser(computer.browser.clone().moved_to(&second));
    let session = computer.session_of(&code).await;
    assert_eq!(session.openid, simulator.openid(APPID, "xiaoming"));
}

#[actix_web::test]
async fn whoever_waits_takes_no_place_and_is_sent_away_when_the_process_ends() {
    let (_simulator, proxy) = with_scans(&[("LIMITS__REQUESTS_AT_ONCE", "1")]).await;
    let computer = Computer::at(&proxy).await;
    let others = async {
        is_held(&proxy).await;
        assert_eq!(proxy.get("/api/bootstrap").await.code(), 200);
        // Which is later than when others are told.
        proxy.state.begin_the_end();
        proxy.state.send_waiters_home();
    };
    let (news, ()) = futures_util::future::join(computer.news("waiting"), others).await;
    assert_eq!(news, json!({ "state": "waiting" }));
    assert_eq!(
        computer.news("waiting").await,
        json!({ "state": "waiting" })
    );
}

#[actix_web::test]
async fn other_accounts_keep_their_website_applications_and_nobody_else_has_a_route() {
    let (simulator, proxy) = with_scans(&[
        ("ACCOUNTS__CAFE__WEBSITE_APPID", WEBSITE),
        ("ACCOUNTS__CAFE__WEBSITE_SECRET", "simulator-secret-d1"),
    ])
    .await;
    let asked = address(WEBSITE, PAGE, &login_state());
    let answer = proxy.get(&asked).await;
    let expected = asked.replace("/api/scan", &simulator.base_url());
    assert_eq!(
        (answer.code(), answer.header("location")),
        (302, &*expected)
    );

    let proxy = TestProxy::alone().await;
    let computer = address(APPID, PAGE, &login_state());
    for line in [
        &*format!("GET {computer}"),
        "GET /api/scan/x",
        "POST /api/scan/wait",
    ] {
        proxy.ask(line, &[]).await.error(404, NotFound).await;
    }
}

#[actix_web::test]
async fn pages_speak_english_where_that_is_asked_for() {
    let (_simulator, proxy) = with_scans(&[]).await;
    let english = ("Accept-Language", "en-US,en;q=0.9,zh;q=0.1");
    let page = proxy
        .ask("GET /api/scan/x", &[english])
        .await
        .string()
        .await;
    assert!(page.contains("scan the QR code on the computer"), "{page}");
    let page = proxy
        .ask("GET /api/scan/x", &[english, WECHAT])
        .await
        .string()
        .await;
    assert!(page.contains("This QR code is over"), "{page}");
}
