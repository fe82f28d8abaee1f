//! Requests hidden in requests: where two servers disagree on where one ends, the rest is somebody else's request.

use std::net::SocketAddr;

use actix_web::http::StatusCode;

use super::hasty_proxy;
use crate::attacks::fixation::session;
use crate::forward_auth::site;
use crate::helpers::TestProxy;
use crate::people::{SERVICE_KEY, user_path};
use crate::recorder::{BODY, Recorder};
use crate::wire::{Wire, exchange, status};
use test_support::nginx::Nginx;
use test_support::suite_log;

/// Heads and bodies that servers have read in two ways.
const AMBIGUOUS: [(&str, &str); 31] = [
    // Two kinds of length, in both orders.
    (
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "0\r\n\r\n",
    ),
    (
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
        "0\r\n\r\n",
    ),
    // Two lengths, or what may be two.
    ("Content-Length: 0\r\nContent-Length: 4", "XXXX"),
    ("Content-Length: 4\r\nContent-Length: 4", "XXXX"),
    ("Content-Length: 4, 4", "XXXX"),
    ("Content-Length: 0, 4", "XXXX"),
    // A length that is no number, or a number for some.
    ("Content-Length: +4", "XXXX"),
    ("Content-Length: -4", "XXXX"),
    ("Content-Length: 0x4", "XXXX"),
    ("Content-Length: 4 4", "XXXX"),
    ("Content-Length: 18446744073709551617", "X"),
    ("Content-Length: ", ""),
    ("Content-Length : 4", "XXXX"),
    // An encoding that is chunked only for some.
    ("Transfer-Encoding: xchunked", "0\r\n\r\n"),
    ("Transfer-Encoding: chunked, identity", "0\r\n\r\n"),
    ("Transfer-Encoding: identity, chunked", "0\r\n\r\n"),
    ("Transfer-Encoding: gzip, chunked", "0\r\n\r\n"),
    (
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "0\r\n\r\n",
    ),
    (
        "Transfer-Encoding: x\r\nTransfer-Encoding: chunked",
        "0\r\n\r\n",
    ),
    ("Transfer-Encoding: \x0bchunked", "0\r\n\r\n"),
    ("Transfer-Encoding : chunked", "0\r\n\r\n"),
    ("Transfer-Encoding:\r\n chunked", "0\r\n\r\n"),
    ("Transfer-Encoding: \"chunked\"", "0\r\n\r\n"),
    ("Transfer-Encoding: chunked;q=1", "0\r\n\r\n"),
    // Chunks whose lines or sizes only some read.
    ("Transfer-Encoding: chunked", "1;a=b\nX\r\n0\r\n\r\n"),
    ("Transfer-Encoding: chunked", "1\nX\n0\n\n"),
    (
        "Transfer-Encoding: chunked",
        "10000000000000001\r\nX\r\n0\r\n\r\n",
    ),
    ("Transfer-Encoding: chunked", "-1\r\nX\r\n0\r\n\r\n"),
    ("Transfer-Encoding: chunked", "0x1\r\nX\r\n0\r\n\r\n"),
    ("Transfer-Encoding: chunked", "1\r\nXYZ0\r\n\r\n"),
    ("Transfer-Encoding: chunked", " 1\r\nX\r\n0\r\n\r\n"),
];

/// Odd, and of one meaning.
const ODD: [(&str, &str); 9] = [
    ("Transfer-Encoding:\tchunked", "0\r\n\r\n"),
    ("TRANSFER-ENCODING: CHUNKED", "0\r\n\r\n"),
    ("Transfer-Encoding: chunked", "1;a=b\r\nX\r\n0\r\n\r\n"),
    ("Transfer-Encoding: chunked", "1 \r\nX\r\n0\r\n\r\n"),
    (
        "Transfer-Encoding: chunked",
        "0\r\nContent-Length: 5\r\n\r\n",
    ),
    ("X: y\nTransfer-Encoding: chunked", "0\r\n\r\n"),
    ("Content-Length: 4", "XXXX"),
    ("X-Content-Length: 9\r\nContent-Length: 4", "XXXX"),
    (
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\
         Content-Length: 4",
        "XXXX",
    ),
];

const NEXT: &str = "GET /next HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

fn answers(text: &str) -> usize {
    text.matches("HTTP/1.").count()
}

#[actix_web::test]
async fn a_request_of_two_lengths_is_refused_and_ends_the_connection() {
    let (_proxy, address) = hasty_proxy().await;
    for (head, body) in AMBIGUOUS {
        for version in ["1.0", "1.1"] {
            for keep in ["", "Connection: keep-alive\r\n"] {
                let request = format!(
                    "POST /api/report HTTP/{version}\r\nHost: h\r\n{keep}{head}\r\n\r\n{body}{NEXT}"
                );
                let answer = exchange(address, request).await;
                let found = (status(&answer), answers(&answer));
                assert_eq!(found, (400, 1), "{version} {head:?} {body:?}: {answer}");
            }
        }
    }
}

#[actix_web::test]
async fn an_odd_request_ends_where_it_says() {
    let (_proxy, address) = hasty_proxy().await;
    for (head, body) in ODD {
        let request = format!("POST /api/report HTTP/1.1\r\nHost: h\r\n{head}\r\n\r\n{body}{NEXT}");
        let answer = exchange(address, request).await;
        // The body is no report; then comes the next request, or nothing any more.
        assert_eq!(status(&answer), 400, "{head:?}: {answer}");
        let is_next = answers(&answer) == 2 && answer.contains("HTTP/1.1 404 ");
        assert!(
            is_next || answers(&answer) == 1,
            "{head:?} {body:?}: {answer}"
        );
    }
}

/// The documented nginx, a proxy with service keys, and a backend.
struct Site {
    proxy: TestProxy,
    backend: Recorder,
    nginx: Nginx,
}

const VICTIM: &str = "oVictimVictimVictimVictimVic";
const FORGED: &str = "oForgedForgedForgedForgedFor";

impl Site {
    async fn start() -> Self {
        let (proxy, address) = hasty_proxy().await;
        let backend = Recorder::start(StatusCode::OK);
        let nginx = site::nginx(address, backend.address);
        Self {
            proxy,
            backend,
            nginx,
        }
    }

    fn address(&self) -> SocketAddr {
        self.nginx.address
    }

    fn cookie(&self, openid: &str) -> String {
        let cookie = self.proxy.state.sessions.seal(&session(openid)).unwrap();
        suite_log::must_not_be_logged([cookie.value(), openid]);
        format!("{}={}", cookie.name(), cookie.value())
    }

    /// Somebody else's requests are answered with what belongs to them, several on one connection.
    async fn assert_canaries_live(&self, round: usize, after: &str) {
        for number in 0..3 {
            let path = format!("/canary-{round}-{number}");
            let own = self.proxy.get(&format!("/api/qr.svg?path={path}")).await;
            let own = own.text().await.unwrap();
            let request = format!(
                "GET /api/qr.svg?path={path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
            );
            let answer = exchange(self.address(), request).await;
            assert!(answer.ends_with(&own), "after {after}: {answer}");

            let request = format!(
                "GET /backend{path} HTTP/1.1\r\nHost: h\r\nCookie: {}\r\nConnection: close\r\n\r\n",
                self.cookie(VICTIM)
            );
            let answer = exchange(self.address(), request).await;
            assert!(
                answer.starts_with("HTTP/1.1 200 "),
                "after {after}: {answer}"
            );
            assert!(answer.ends_with(BODY), "after {after}: {answer}");
        }
        for seen in self.backend.take() {
            for (name, value) in seen.wechat_headers() {
                assert_ne!(value, FORGED, "after {after}: {name} at {}", seen.target);
            }
            if seen.target.contains("canary") {
                assert_eq!(seen.values("x-wechat-openid"), [VICTIM], "after {after}");
            }
        }
    }
}

/// What nginx lets nobody send: it would reach the proxy only as a part of something else.
fn forbidden(number: usize) -> String {
    let path = user_path("shop", &format!("oSmuggled{number}"));
    format!(
        "PUT {path} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {SERVICE_KEY}\r\n\
         Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"
    )
}

#[actix_web::test]
async fn nothing_is_smuggled_through_the_documented_nginx() {
    let site = Site::start().await;
    let attacker = site.cookie("oAttackerAttackerAttackerAtt");
    let forged = format!(
        "GET /backend/smuggled HTTP/1.1\r\nHost: h\r\nX-Wechat-Openid: {FORGED}\r\nCookie: {attacker}\r\n\r\n"
    );
    let odd_ones = AMBIGUOUS.iter().chain(&ODD).enumerate();
    for (round, (head, body)) in odd_ones {
        let hidden = forbidden(round);
        for version in ["1.1", "1.0"] {
            for (path, smuggled) in [("/api/report", &hidden), ("/backend/outer", &forged)] {
                for keep in ["", "Connection: keep-alive\r\n"] {
                    // The hidden request behind the end of the body, and inside of it.
                    let length = body.len() + smuggled.len();
                    for request in [
                        format!("{head}\r\n\r\n{body}{smuggled}"),
                        format!("{head}\r\nX-Length: {length}\r\n\r\n{body}{smuggled}{NEXT}"),
                    ] {
                        let request = format!(
                            "POST {path} HTTP/{version}\r\nHost: h\r\nCookie: {attacker}\r\n{keep}{request}"
                        );
                        send(site.address(), &request).await;
                    }
                }
            }
        }
        site.assert_canaries_live(round, &format!("{head:?} {body:?}"))
            .await;
        let known = site.proxy.request(
            reqwest::Method::GET,
            &user_path("shop", &format!("oSmuggled{round}")),
        );
        let known = known.bearer_auth(SERVICE_KEY).send().await.unwrap();
        assert_eq!(
            known.status(),
            404,
            "{head:?} {body:?} reached the service API"
        );
    }
}

/// Sends this and goes away at once, as an attacker does who wants no answer but somebody else's.
async fn send(address: SocketAddr, request: &str) {
    let mut wire = Wire::open(address).await;
    wire.write(request).await;
    wire.finish().await;
}

/// nginx decides by a path without dots, and passes on the one with them.
#[actix_web::test]
async fn no_spelling_of_a_path_leads_to_the_service_api_through_nginx() {
    let site = Site::start().await;
    let key = format!("Authorization: Bearer {SERVICE_KEY}");
    for target in [
        "/service/accounts/shop/users/oABC",
        "/SERVICE/accounts/shop/users/oABC",
        "//service/accounts/shop/users/oABC",
        "/./service/accounts/shop/users/oABC",
        "/x/../service/accounts/shop/users/oABC",
        "/x/%2e%2e/service/accounts/shop/users/oABC",
        "/x/..%2fservice/accounts/shop/users/oABC",
        "/%73ervice/accounts/shop/users/oABC",
        "/service%2faccounts/shop/users/oABC",
        "/service%2Faccounts%2Fshop%2Fusers%2FoABC",
        "/service\\accounts\\shop\\users\\oABC",
        "/service;a=b/accounts/shop/users/oABC",
        "/%2573ervice/accounts/shop/users/oABC",
        "/backend/..//service/accounts/shop/users/oABC",
        "/_wechat_auth/../service/accounts/shop/users/oABC",
        "/service/accounts/shop/users/oABC/../../../../..",
        "/service/accounts/shop/users/oABC/records/order/..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2fx",
        "/service/accounts/../users/../records/../..",
        "/service/accounts/../users/../records/..%2f/..",
        "/service/accounts/%2e%2e/users/%2e%2e/records/%2e%2e/%2e%2e",
        "/service/accounts/..%2f..%2fx/users/o",
        "/service/accounts/shop/users/..%2f..%2f..%2f..%2fx",
        "/service/accounts/shop/users/oABC#/../../../../..",
        "/service/accounts/shop/users/oABC?/../../../../..",
        "http://h/service/accounts/shop/users/oABC",
        "http://h//service/accounts/shop/users/oABC",
    ] {
        for method in ["GET", "PUT", "DELETE"] {
            let request = format!(
                "{method} {target} HTTP/1.1\r\nHost: h\r\n{key}\r\nContent-Type: application/json\r\n\
                 Content-Length: 2\r\nConnection: close\r\n\r\n{{}}"
            );
            let answer = exchange(site.address(), request).await;
            let found = status(&answer);
            assert!(
                matches!(found, 400 | 404 | 405),
                "{method} {target}: {answer}"
            );
            // Neither a user, nor the words of the service API.
            for words in ["service key", "openid", "\"erased_records\"", "account"] {
                assert!(!answer.contains(words), "{method} {target}: {answer}");
            }
        }
    }
}
