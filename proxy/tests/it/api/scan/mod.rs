//! A computer is signed in by a phone: the way it is meant, over replicas, and what waiting costs.

mod attacks;
mod waiting;

use api_types::{Bootstrap, LoginState};
use login_store::DatabaseUrl;
use reqwest::Url;
use wechat_oauth::{AuthorizeRequest, authorize_url};
use wechat_simulator::Simulator;

use crate::support::*;

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

/// What stands between these two in a text.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text
        .split_once(before)
        .unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.1.split_once(after).unwrap().0
}

/// A browser on a computer that shows a QR code.
struct Computer {
    browser: Caller,
    token: String,
    number: String,
    /// Path of the address in the QR code.
    scanned: String,
}

impl Computer {
    async fn at(proxy: &TestProxy) -> Self {
        Self::of(proxy.stranger()).await
    }

    /// The code is read from the picture.
    async fn of(browser: Caller) -> Self {
        let page = browser
            .ask(
                &format!("GET {}", address(APPID, PAGE, &login_state())),
                &[CHROME],
            )
            .await;
        assert_eq!(page.code(), 200);
        let cookie = page.header("set-cookie").to_owned();
        assert!(
            cookie.contains("; HttpOnly; SameSite=Lax; Path=/;"),
            "{cookie}"
        );
        let policy = page.header("content-security-policy").to_owned();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-"),
            "{policy}"
        );
        let page = page.string().await;
        let scanned = test_support::qr::read(&page);
        let token = between(&page, "data-token=\"", "\"").to_owned();
        suite_log::must_not_be_logged([&*token, scanned.rsplit('/').next().unwrap()]);
        Self {
            number: between(&page, "class=\"number\">", "<").to_owned(),
            scanned: scanned
                .strip_prefix("http://127.0.0.1:8080")
                .unwrap()
                .to_owned(),
            browser,
            token,
        }
    }

    async fn wait_with(&self, browser: &Caller, known: &str) -> Response {
        let body = json!({ "token": self.token, "known": known });
        browser
            .send("POST /api/scan/wait", &[JSON], body.to_string())
            .await
    }

    /// What is new to a page that shows this.
    async fn news(&self, known: &str) -> Value {
        self.wait_with(&self.browser, known).await.object().await
    }

    /// The code that the page is sent on with.
    async fn code(&self) -> String {
        let news = self.news("seen").await;
        assert_eq!(news["state"], "allowed");
        let location = news["location"].as_str().unwrap();
        let rest = location.strip_prefix(PAGE).unwrap();
        let code = between(rest, "&code=", "&state=").to_owned();
        assert!(rest.ends_with(&login_state()), "{rest}");
        suite_log::must_not_be_logged([&*code]);
        code
    }

    async fn redeem(&self, code: &str, verifier: &str) -> Response {
        let body =
            json!({ "account": "shop", "code": code, "verifier": verifier, "website": true });
        self.browser.post(body.to_string()).await
    }
}

/// A phone with WeChat that scans a code.
struct Phone(Caller);

impl Phone {
    fn at(proxy: &TestProxy) -> Self {
        Self(proxy.stranger())
    }

    async fn get(&self, path: &str) -> Response {
        self.0.ask(&format!("GET {path}"), &[WECHAT]).await
    }

    /// To WeChat's page: its address.
    async fn ask(&self, scanned: &str) -> Url {
        let asked = self.get(scanned).await;
        assert_eq!(asked.code(), 302);
        let cookie = asked.header("set-cookie");
        assert!(cookie.contains(&format!("Path={scanned};")), "{cookie}");
        asked.header("location").parse().unwrap()
    }

    /// To WeChat's page and back: the path with its answer.
    async fn authorize(&self, scanned: &str) -> String {
        let page = self.ask(scanned).await;
        let answer = self
            .0
            .browser
            .get(page)
            .header(WECHAT.0, WECHAT.1)
            .send()
            .await
            .unwrap();
        let location = answer.header("location");
        location
            .strip_prefix("http://127.0.0.1:8080")
            .unwrap()
            .to_owned()
    }

    /// Until WeChat has said whose it is: what came of that.
    async fn scan(&self, scanned: &str) -> Response {
        let back = self.authorize(scanned).await;
        self.get(&back).await
    }

    /// The question that this person's phone then shows.
    async fn asked(&self, simulator: &Simulator, person: &str, scanned: &str) -> String {
        simulator.set_current(person);
        let back = self.scan(scanned).await;
        assert_eq!(
            (back.code(), back.header("location")),
            (303, &*format!("http://127.0.0.1:8080{scanned}"))
        );
        let page = self.get(scanned).await;
        assert_eq!(page.code(), 200);
        page.string().await
    }

    async fn decide(&self, scanned: &str, body: &'static str) -> Response {
        self.0
            .send(&format!("POST {scanned}"), &[WECHAT, FORM], body)
            .await
    }

    async fn allow(&self, simulator: &Simulator, person: &str, scanned: &str) {
        self.asked(simulator, person, scanned).await;
        let decided = self.decide(scanned, "decision=allow").await;
        assert_eq!(decided.code(), 200);
    }
}

/// A page for people, with this status, in Chinese, with its request's id.
async fn is_page(answer: Response, status: u16, words: &str) {
    assert_eq!(answer.code(), status);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-store");
    let id = answer.header("x-request-id").to_owned();
    let page = answer.string().await;
    assert!(page.contains(words), "{page}");
    assert_eq!(page.contains(&id), status >= 400, "{page}");
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
    assert_eq!(cookies.len(), 2);
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
    let browser = computer.browser.moved_to(&second);
    let computer = Computer {
        browser,
        ..computer
    };
    let session = computer.redeem(&code, VERIFIER).await.session().await;
    assert_eq!(session.openid, simulator.openid(APPID, "xiaoming"));
}

#[actix_web::test]
async fn whoever_waits_takes_no_place_and_is_sent_away_when_the_process_ends() {
    let (_simulator, proxy) = with_scans(&[("LIMITS__REQUESTS_AT_ONCE", "1")]).await;
    let computer = Computer::at(&proxy).await;
    let others = async {
        // Refused as long as the other one is counted.
        while proxy.get("/api/bootstrap").await.code() != 200 {}
        let figures = || proxy.state.metrics.text(proxy.state.store.pool_status());
        while !figures().contains("http_requests_under_way 1\n") {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(proxy.get("/api/bootstrap").await.code(), 200);
        proxy.state.begin_the_end();
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
