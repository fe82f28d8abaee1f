//! Computers that show QR codes, and phones that scan them.

use std::cell::RefCell;

use reqwest::Url;

use super::*;

/// What stands between these two in a text.
pub(super) fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text
        .split_once(before)
        .unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.1.split_once(after).unwrap().0
}

/// A browser on a computer that shows a QR code.
pub(super) struct Computer {
    pub(super) browser: Caller,
    pub(super) token: String,
    pub(super) number: String,
    /// Path of the address in the QR code.
    pub(super) scanned: String,
}

impl Computer {
    pub(super) async fn at(proxy: &TestProxy) -> Self {
        Self::of(proxy.stranger()).await
    }

    /// The code is read from the picture.
    pub(super) async fn of(browser: Caller) -> Self {
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

    pub(super) async fn wait_with(&self, browser: &Caller, known: &str) -> Response {
        let body = json!({ "token": self.token, "known": known });
        browser
            .send("POST /api/scan/wait", &[JSON], body.to_string())
            .await
    }

    /// What is new to a page that shows this.
    pub(super) async fn news(&self, known: &str) -> Value {
        self.wait_with(&self.browser, known).await.object().await
    }

    /// The code that the page is sent on with.
    pub(super) async fn code(&self) -> String {
        let news = self.news("seen").await;
        assert_eq!(news["state"], "allowed");
        let location = news["location"].as_str().unwrap();
        let rest = location.strip_prefix(PAGE).unwrap();
        let code = between(rest, "&code=", "&state=").to_owned();
        assert!(rest.ends_with(&login_state()), "{rest}");
        suite_log::must_not_be_logged([&*code]);
        code
    }

    pub(super) async fn redeem(&self, code: &str, verifier: &str) -> Response {
        self.redeem_at("shop", code, verifier).await
    }

    /// The same on the page of this account.
    pub(super) async fn redeem_at(&self, account: &str, code: &str, verifier: &str) -> Response {
        let body =
            json!({ "account": account, "code": code, "verifier": verifier, "website": true });
        self.browser.post(body.to_string()).await
    }

    /// The code is worth nothing here, with this verifier.
    pub(super) async fn is_refused(&self, code: &str, verifier: &str) {
        let answer = self.redeem(code, verifier).await;
        answer.error(410, CodeExpired).await;
    }

    /// The code signs the computer in.
    pub(super) async fn session_of(&self, code: &str) -> Session {
        self.redeem(code, VERIFIER).await.session().await
    }

    /// This page with another browser's cookies.
    pub(super) fn with_browser(&self, browser: Caller) -> Self {
        Self {
            browser,
            token: self.token.clone(),
            number: self.number.clone(),
            scanned: self.scanned.clone(),
        }
    }

    /// There is nothing to wait for, with these cookies.
    pub(super) async fn is_over(&self, browser: &Caller, known: &str) {
        let answer = self.wait_with(browser, known).await;
        answer.error(410, ScanExpired).await;
    }
}

/// A phone with WeChat that scans a code.
pub(super) struct Phone(pub(super) Caller, RefCell<String>);

impl Phone {
    pub(super) fn at(proxy: &TestProxy) -> Self {
        Self(proxy.stranger(), RefCell::default())
    }

    pub(super) async fn get(&self, path: &str) -> Response {
        self.0.ask(&format!("GET {path}"), &[WECHAT]).await
    }

    /// To WeChat's page: its address.
    pub(super) async fn ask(&self, scanned: &str) -> Url {
        let asked = self.get(scanned).await;
        assert_eq!(asked.code(), 302);
        let cookie = asked.header("set-cookie");
        assert!(cookie.contains(&format!("Path={scanned};")), "{cookie}");
        asked.header("location").parse().unwrap()
    }

    /// To WeChat's page and back: the path with its answer.
    pub(super) async fn authorize(&self, scanned: &str) -> String {
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
    pub(super) async fn scan(&self, scanned: &str) -> Response {
        let back = self.authorize(scanned).await;
        self.get(&back).await
    }

    /// The question that this person's phone then shows.
    pub(super) async fn asked(&self, simulator: &Simulator, person: &str, scanned: &str) -> String {
        simulator.set_current(person);
        let back = self.scan(scanned).await;
        assert_eq!(
            (back.code(), back.header("location")),
            (303, &*format!("http://127.0.0.1:8080{scanned}"))
        );
        let page = self.get(scanned).await;
        assert_eq!(page.code(), 200);
        let page = page.string().await;
        let word = between(&page, "name=\"word\" value=\"", "\"");
        suite_log::must_not_be_logged([word]);
        self.1.replace(word.to_owned());
        page
    }

    /// What the form of the page says, with this decision.
    pub(super) fn form(&self, decision: &str) -> String {
        format!("word={}&{decision}", self.1.borrow())
    }

    pub(super) async fn decide(&self, scanned: &str, decision: &str) -> Response {
        self.send(scanned, &[], self.form(decision)).await
    }

    /// It says yes, and that there is nothing to decide is what it reads.
    pub(super) async fn is_late(&self, scanned: &str) {
        let answer = self.decide(scanned, "decision=allow").await;
        is_page(answer, 410, "已失效").await;
    }

    pub(super) async fn send(
        &self,
        scanned: &str,
        others: &[(&str, &str)],
        form: String,
    ) -> Response {
        let headers = [&[WECHAT, FORM][..], others].concat();
        self.0
            .send(&format!("POST {scanned}"), &headers, form)
            .await
    }

    pub(super) async fn allow(&self, simulator: &Simulator, person: &str, scanned: &str) {
        self.asked(simulator, person, scanned).await;
        let decided = self.decide(scanned, "decision=allow").await;
        assert_eq!(decided.code(), 200);
    }
}

/// A page for people, with this status, in Chinese, with its request's id.
pub(super) async fn is_page(answer: Response, status: u16, words: &str) {
    assert_eq!(answer.code(), status);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-store");
    let id = answer.header("x-request-id").to_owned();
    let page = answer.string().await;
    assert!(page.contains(words), "{page}");
    assert_eq!(page.contains(&id), status >= 400, "{page}");
}
