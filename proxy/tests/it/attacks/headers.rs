//! Headers that claim something about a request: for whom it is, where it comes from, who sent it.

use actix_web::http::StatusCode;

use super::{attempts, hasty_proxy};
use crate::forward_auth::site;
use crate::recorder::Recorder;
use crate::static_site;
use crate::support::*;

const EVIL: &str = "evil.example";

/// A proxy that trusts this machine's web server, which is who can be tricked into passing claims on.
async fn trusting_proxy() -> TestProxy {
    TestProxy::alone_with(&[
        ("PUBLIC_URL", "https://shop.example"),
        ("TRUSTED_PROXIES", "127.0.0.1"),
    ])
    .await
}

/// Status, headers that do not tell one answer from the next, and body.
async fn telling(answer: Response) -> (u16, Vec<String>, String) {
    let status = answer.code();
    let headers = answer.headers().iter();
    let mut headers: Vec<String> = headers
        .filter(|(name, _)| !matches!(name.as_str(), "date" | "x-request-id"))
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    let id = answer.header("x-request-id").to_owned();
    let body = answer.string().await;
    (status, headers, body.replace(&id, "ID"))
}

/// Poisoning a cache or a link needs an answer that depends on such a header.
#[actix_web::test]
async fn no_claim_about_the_host_changes_an_answer() {
    let proxy = trusting_proxy().await;
    let claims = attempts("claims");
    for line in attempts("addresses") {
        let plain = telling(proxy.ask(&line, &[]).await).await;
        for claim in &claims {
            for value in [
                EVIL,
                "http",
                "127.0.0.1",
                "/api/session",
                "for=1.2.3.4;host=evil.example",
            ] {
                let claimed = telling(proxy.ask(&line, &[(claim.as_str(), value)]).await).await;
                assert_eq!(claimed, plain, "{line} with {claim}: {value}");
            }
        }
    }
}

#[actix_web::test]
async fn another_hosts_address_in_the_request_line_changes_nothing() {
    let proxy = trusting_proxy().await;
    for target in [
        "http://evil.example/api/qr.svg?path=/orders",
        "https://evil.example:444/api/qr.svg?path=/orders",
        "http://user:password@evil.example/api/qr.svg?path=/orders",
    ] {
        let request =
            format!("GET {target} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
        let answer = exchange(&proxy, request).await;
        let own = proxy.get("/api/qr.svg?path=/orders").await;
        let own = own.string().await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{target}: {answer}");
        let is_own = answer.ends_with(&own);
        assert!(is_own, "{target}: the picture leads elsewhere");
    }
}

/// Whatever is sent, wherever: none of it comes back, so none of it can be a header or a script of an answer.
#[actix_web::test]
async fn nothing_of_a_request_comes_back_in_its_answer() {
    let (_proxy, address) = hasty_proxy().await;
    let marker = "reflectedMarker";
    let names = attempts("answered_headers");
    let claims = attempts("claims");
    let headers: String = (names.iter().chain(&claims[1..]))
        .map(|name| format!("{name}: {marker}\r\n"))
        .collect();
    for method in [
        "GET", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "HEAD", marker,
    ] {
        for path in [
            "/api/session",
            "/api/bootstrap",
            "/api/report",
            &format!("/api/records?kind={marker}&cursor={marker}&{marker}={marker}"),
            &format!("/api/records/{marker}/{marker}"),
            &format!("/api/qr.svg?path={marker}"),
            &format!("/api/{marker}<script>{marker}</script>"),
            &format!("/{marker}%0d%0aSet-Cookie:%20{marker}=1"),
            &format!("/{marker}%E5%98%8A%E5%98%8DSet-Cookie:{marker}=1"),
            &format!("/MP_verify_{marker}.txt"),
            &format!("/service/accounts/{marker}/users/{marker}"),
        ] {
            let body = format!("{{\"{marker}\":\"{marker}\"");
            let length = body.len();
            let request = format!(
                "{method} {path} HTTP/1.1\r\nHost: {marker}\r\n{headers}Content-Length: {length}\r\n\
                 Connection: close\r\n\r\n{body}"
            );
            let answer = exchange(address, request).await;
            assert!(!answer.contains(marker), "{method} {path}: {answer}");
            let found = status(&answer);
            assert!((200..500).contains(&found), "{method} {path}: {answer}");
        }
    }
    assert_not_logged(&[marker]);
}

/// From our own web server even, which passed on what it got: only what looks like an id is one.
#[actix_web::test]
async fn a_request_id_that_is_more_than_an_id_is_not_used() {
    let proxy = trusting_proxy().await;
    let long = "a".repeat(65);
    let huge = "0123456789abcdef".repeat(500);
    for sent in [
        &b"0123456789abcde"[..],
        b"0123456789abcdef\tSet-Cookie: a=b",
        b"0123456789abcdef Set-Cookie: a=b",
        b"0123456789abcdef, fedcba9876543210",
        b"0123456789abcdef<script>",
        b"0123456789abcdef%0d%0aSet-Cookie: a=b",
        b"0123456789abcdef\\r\\nSet-Cookie: a=b",
        "0123456789abcdef\u{560a}\u{560d}".as_bytes(),
        "\u{ff10}123456789abcdef".as_bytes(),
        b"0123456789abcdef\x85",
        b"\xff\xfe0123456789abcdef",
        b"request_id=\"x\" 0123456789abcdef",
        long.as_bytes(),
        huge.as_bytes(),
    ] {
        let value = reqwest::header::HeaderValue::from_bytes(sent).unwrap();
        let request = proxy.request(Method::GET, "/api/session");
        let answer = request.header("X-Request-Id", value).answer().await;
        assert_eq!(answer.status(), 401);
        let used = answer.header("x-request-id").as_bytes();
        assert_eq!(used.len(), 16, "{}", String::from_utf8_lossy(sent));
        assert!(used.iter().all(u8::is_ascii_hexdigit));
        assert!(!answer.has("set-cookie"));
    }
}

/// A line break in a header is two headers to one reader and one to another.
#[actix_web::test]
async fn a_header_with_a_broken_line_is_refused_or_is_two() {
    let (_proxy, address) = hasty_proxy().await;
    for broken in attempts("broken_lines") {
        let answer = raw(address, "GET /api/session", format!("{broken}\r\n")).await;
        let found = status(&answer);
        assert!(matches!(found, 400 | 401), "{broken:?}: {answer}");
        assert!(!answer.to_lowercase().contains("set-cookie"), "{broken:?}");
    }
}

/// The proxy believes both of a trusted web server, which must not have them of the browser.
#[actix_web::test]
async fn the_documented_nginx_passes_on_no_address_and_no_id_of_the_browsers() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("app")).unwrap();
    let recorder = Recorder::start(StatusCode::OK);
    let serving = static_site::nginx(folder.path(), "", recorder.address);
    let guarding = site::nginx(recorder.address, recorder.address);
    let mut asked = 0;
    for (nginx, paths) in [
        (
            &serving,
            &["/api/session", "/readyz", "/MP_verify_x.txt"][..],
        ),
        (
            &guarding,
            &["/", "/api/session", "/readyz", "/backend/orders"],
        ),
    ] {
        for path in paths {
            let claims = "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: 203.0.113.9\r\n\
                          X-Request-Id: feedfeedfeedfeed\r\n";
            let answer = raw(nginx.address, &format!("GET {path}"), claims).await;
            assert!(answer.starts_with("HTTP/1.1 200 "), "{path}: {answer}");
            for seen in recorder.take() {
                asked += 1;
                for (name, value) in &seen.headers {
                    let value = String::from_utf8_lossy(value);
                    let forged = value.contains("203.0.113.9") || value.contains("feedfeed");
                    assert!(!forged, "{} got {name}: {value}", seen.target);
                }
            }
        }
    }
    // The backend is asked about as well.
    assert_eq!(asked, 8);
}
