//! Requests hidden in requests: where two servers disagree on where one ends, the rest is somebody else's request.

use std::net::SocketAddr;

use actix_web::http::StatusCode;

use super::{attempts, hasty_proxy, pairs};
use crate::forward_auth::site;
use crate::recorder::{BODY, Recorder};
use crate::support::*;

const NEXT: &str = "GET /next HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

fn answers(text: &str) -> usize {
    text.matches("HTTP/1.").count()
}

#[actix_web::test]
async fn a_request_of_two_lengths_is_refused_and_ends_the_connection() {
    let (_proxy, address) = hasty_proxy().await;
    for (head, body) in pairs("ambiguous") {
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
    for (head, body) in pairs("odd") {
        let request = format!("POST /api/report HTTP/1.1\r\nHost: h\r\n{head}\r\n\r\n{body}{NEXT}");
        let answer = exchange(address, request).await;
        // The body is no report; then comes the next request, or nothing any more.
        assert_eq!(status(&answer), 400, "{head:?}: {answer}");
        let is_next = answers(&answer) == 2 && answer.contains("HTTP/1.1 404 ");
        let is_all = answers(&answer) == 1;
        assert!(is_next || is_all, "{head:?} {body:?}: {answer}");
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
        self.proxy.cookie(&session(openid))
    }

    /// Somebody else's requests are answered with what belongs to them, several on one connection.
    async fn assert_canaries_live(&self, round: usize, after: &str) {
        for number in 0..3 {
            let path = format!("/canary-{round}-{number}");
            let own = self.proxy.get(&format!("/api/qr.svg?path={path}")).await;
            let own = own.string().await;
            let answer = raw(self.address(), &format!("GET /api/qr.svg?path={path}"), "").await;
            assert!(answer.ends_with(&own), "after {after}: {answer}");

            let cookie = format!("Cookie: {}\r\n", self.cookie(VICTIM));
            let answer = raw(self.address(), &format!("GET /backend{path}"), cookie).await;
            assert_eq!(status(&answer), 200, "after {after}: {answer}");
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
    let odd_ones = [pairs("ambiguous"), pairs("odd")].concat().into_iter();
    for (round, (head, body)) in odd_ones.enumerate() {
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
        let path = user_path("shop", &format!("oSmuggled{round}"));
        let known = backend(&site.proxy).get(&path).await.code();
        assert_eq!(known, 404, "{head:?} {body:?} reached the service API");
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
    let rest = format!(
        "Authorization: Bearer {SERVICE_KEY}\r\nContent-Type: application/json\r\n\
         Content-Length: 2\r\n\r\n{{}}"
    );
    for target in attempts("detours") {
        for method in ["GET", "PUT", "DELETE"] {
            let answer = raw(site.address(), &format!("{method} {target}"), &rest).await;
            let found = status(&answer);
            let is_refused = matches!(found, 400 | 404 | 405);
            assert!(is_refused, "{method} {target}: {answer}");
            // Neither a user, nor the words of the service API.
            for words in ["service key", "openid", "\"erased_records\"", "account"] {
                assert!(!answer.contains(words), "{method} {target}: {answer}");
            }
        }
    }
}
