//! Somebody who brings a code, cookies and a page before, and is told who they are: none of it may be in any log afterwards.

use std::time::Instant;

use actix_web::http::StatusCode;
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use test_support::kept::Kept;

use crate::recorder::Recorder;
use crate::support::*;

/// What everything begins with that must not be logged.
const HIDDEN: &str = "HIDDEN";
const QUERY: &str = "?code=HIDDENcode&state=HIDDENstate";

/// What the proxy answers with, at `/api/auth` and where a session begins.
const ANSWERED: [(&str, &str); 5] = [
    ("X-Wechat-Account", "shop"),
    ("X-Wechat-Openid", "HIDDENopenid"),
    ("X-Wechat-Unionid", "HIDDENunionid"),
    ("Set-Cookie", "__Host-wechat_login=HIDDENnew; Path=/"),
    ("Location", "/?code=HIDDENlocation"),
];

/// How what is passed on is answered by a proxy that answers everything, by one that refuses everything, and by none.
pub(super) const PASSED: [u16; 3] = [200, 401, 502];

/// What a web server that has the app's files is asked, and how it answers beside each of those proxies.
pub(super) const OF_THE_APP: [(&str, [u16; 3]); 8] = [
    ("/orders", [200; 3]),
    ("/", [200; 3]),
    ("/index.html", [200; 3]),
    ("/missing.js", [404; 3]),
    ("/service/x", [404; 3]),
    ("/api/session", PASSED),
    ("/MP_verify_AbCdEf0123456789.txt", PASSED),
    ("/readyz", PASSED),
];

/// A proxy that answers everything with this status.
pub(super) fn proxy(status: StatusCode) -> Recorder {
    Recorder::with_headers(status, &ANSWERED)
}

/// Longer than anything here takes: a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Somebody at a web server that is `https://shop.example` on this machine.
pub(super) struct Visitor {
    client: reqwest::Client,
    /// The ports of it.
    http: u16,
    https: u16,
    /// Paths and the answers' statuses, which have to be in the log.
    asked: Vec<(String, u16)>,
}

impl Visitor {
    pub(super) fn new(http: u16, https: u16) -> Self {
        wechat_login_proxy::install_tls();
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("cookie", "__Host-wechat_login=HIDDENsession; a=HIDDENother"),
            ("authorization", "Bearer HIDDENtoken"),
            ("referer", "https://shop.example/?code=HIDDENreferer"),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        let client = reqwest::Client::builder()
            .no_proxy()
            .default_headers(headers)
            .redirect(Policy::none())
            // Whatever the port.
            .resolve("shop.example", ([127, 0, 0, 1], 0).into())
            .tls_danger_accept_invalid_certs(true)
            .timeout(PATIENCE)
            .build()
            .unwrap();
        Self {
            client,
            http,
            https,
            asked: Vec::new(),
        }
    }

    /// A request with all of it, for a path of the site.
    pub(super) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let port = self.https;
        self.client
            .request(method, format!("https://shop.example:{port}{path}{QUERY}"))
    }

    /// Waits until it answers at all.
    pub(super) async fn wait(&self) {
        let deadline = Instant::now() + PATIENCE;
        while let Err(error) = self.request(Method::GET, "/").send().await {
            assert!(Instant::now() < deadline, "{error:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Asks for these paths, each of which has to be answered so.
    pub(super) async fn ask(&mut self, paths: &[(&str, u16)]) {
        for (path, expected) in paths {
            let answer = self.request(Method::GET, path).send().await.unwrap();
            assert_eq!(answer.status(), *expected, "{path}");
            // To its end, so that the next one has the same connection.
            answer.bytes().await.unwrap();
            self.asked.push(((*path).to_owned(), *expected));
        }
    }

    /// Asks without TLS, and is sent on with all that was asked, where TLS is; and where it is, without it.
    pub(super) async fn ask_without_tls(&self, moved: u16) {
        let plain = |port: u16| format!("http://shop.example:{port}/plain{QUERY}");
        let answer = self.client.get(plain(self.http)).send().await.unwrap();
        assert_eq!(answer.status(), moved);
        let place = format!("https://shop.example/plain{QUERY}");
        // Caddy knows the port, which in life is not said.
        let port = format!(":{}", self.https);
        assert_eq!(answer.header("location").replace(&port, ""), place);
        let refused = self.client.get(plain(self.https)).send().await.unwrap();
        assert_eq!(refused.status(), 400);
    }

    /// Looks through all that the server has written, `is_line` telling the line of a path and a status.
    pub(super) async fn assert_hidden(self, server: Kept, is_line: fn(&str, &str, u16) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        for (path, status) in &self.asked {
            // A line may follow its answer.
            while !server.logs().lines().any(|it| is_line(it, path, *status)) {
                let log = server.logs();
                assert!(Instant::now() < deadline, "no {path} {status}:\n{log}");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
        let log = server.stop();
        assert!(!log.contains(HIDDEN), "{log}");
    }
}
