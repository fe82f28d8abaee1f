//! The documented nginx between the browser and the proxy: what it changes, as the documents have it, and what it leaves.

use crate::api::request_ids::described_pattern;
use crate::static_site::{PAGE, Site};
use crate::support::*;

async fn site() -> Site {
    let trusting = [("TRUSTED_PROXIES", "127.0.0.1")];
    Site::start(config_with(NO_WECHAT, &trusting), &[], false).await
}

impl Site {
    /// The answer to this start of a request and these bytes more.
    async fn ask(&self, start: &str, more: impl AsRef<[u8]>) -> String {
        raw(self.nginx.address, start, more).await
    }
}

/// The value of a header, if it is there.
fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let (head, _) = answer.split_once("\r\n\r\n")?;
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    let (_, value) = lines.find(|(found, _)| found.eq_ignore_ascii_case(name))?;
    Some(value)
}

#[actix_web::test]
async fn its_id_is_as_the_description_says_in_header_and_envelope() {
    let site = site().await;
    let answer = site.ask("GET /api/session", "").await;
    assert_eq!(status(&answer), 401, "{answer}");
    let id = header(&answer, "X-Request-Id").unwrap();
    assert_eq!(id.len(), 32, "{id}");
    assert!(described_pattern().is_match(id), "{id}");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: api_types::ApiErrorBody = serde_json::from_str(body).unwrap();
    assert_eq!(body.error.request_id, id);
}

#[actix_web::test]
async fn what_it_refuses_itself_is_no_envelope_and_has_no_id() {
    let site = site().await;
    let long = "x".repeat(9000);
    let mut own = Vec::new();
    for (start, more, expected) in [
        ("GET /service/x", String::new(), 404),
        ("TRACE /api/session", String::new(), 405),
        (&format!("GET /api/{long}"), String::new(), 414),
        ("GET /api/session", format!("Cookie: {long}\r\n"), 400),
        (
            "POST /api/session",
            "Content-Length: 2000000\r\n".to_owned(),
            413,
        ),
    ] {
        own.push((site.ask(start, more).await, expected));
    }
    let long = format!("Content-Length: 2000\r\n\r\n{}", "x".repeat(2000));
    let below = site.ask("POST /api/report", long).await;
    assert_eq!(status(&below), 413);
    assert!(below.contains("{\"error\":"), "the proxy's own: {below}");
    let Site { nginx, proxy, .. } = site;
    drop(proxy);
    // The process goes on; its sockets are closed a moment later.
    let gone = loop {
        let answer = raw(nginx.address, "GET /api/session", "").await;
        if status(&answer) != 401 {
            break answer;
        }
        tokio::task::yield_now().await;
    };
    for (answer, expected) in own.into_iter().chain([(gone, 502)]) {
        assert_eq!(status(&answer), expected, "{answer}");
        let kind = header(&answer, "Content-Type").unwrap();
        assert!(kind.starts_with("text/html"), "{answer}");
        assert_eq!(header(&answer, "X-Request-Id"), None, "{answer}");
    }
}

#[actix_web::test]
async fn it_answers_with_the_page_whatever_is_accepted_and_however_the_phone_is_called() {
    let site = site().await;
    for accept in ["*/*", "text/html", "application/json", "text/html;q=0"] {
        let answer = site
            .ask("GET /orders", format!("Accept: {accept}\r\n"))
            .await;
        assert_eq!(status(&answer), 200, "{accept}");
        assert!(answer.ends_with(PAGE), "{answer}");
    }
    for odd in [
        &b"\xba\xec\xc3\xd7Note 9"[..],
        "红米Note 9".as_bytes(),
        b"\xff\xfe",
    ] {
        for (chrome, is_old) in [("78.0.1", true), ("116.0.0", false)] {
            let agent = [b"User-Agent: Android 10; ", odd, b") Chrome/"].concat();
            let agent = [&agent, chrome.as_bytes(), b"\r\n"].concat();
            let answer = site.ask("GET /orders", agent).await;
            assert_eq!(answer.contains("'unsafe-eval'"), is_old, "{answer}");
        }
    }
}
