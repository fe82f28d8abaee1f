//! Cookies nobody sealed for this site: forged, cut, changed, from another key, account or deployment.

use actix_web::http::header::{COOKIE, HeaderValue};
use actix_web::test::TestRequest;
use api_types::{Scope, Session};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use wechat_login_proxy::config::Config;

use crate::helpers::{APPID, NOW, OPENID, TestProxy};
use crate::people;
use test_support::suite_log;

const NAME: &str = "wechat_login";

fn session() -> Session {
    Session {
        account: "shop".to_owned(),
        appid: APPID.to_owned(),
        openid: OPENID.to_owned(),
        unionid: None,
        scope: Scope::Base,
        snapshot: false,
        profile: None,
        expires_at: NOW + 3600,
    }
}

/// What this proxy makes of the session: the value of its cookie.
fn sealed(proxy: &TestProxy, session: &Session) -> String {
    let cookie = proxy.state.sessions.seal(session).unwrap();
    suite_log::must_not_be_logged([cookie.value()]);
    cookie.value().to_owned()
}

/// The status of everything a session opens.
async fn statuses(proxy: &TestProxy, cookie: &str) -> [u16; 3] {
    let mut statuses = [0; 3];
    let paths = ["/api/session", "/api/auth", "/api/records"];
    for (status, path) in statuses.iter_mut().zip(paths) {
        let request = proxy.request(Method::GET, path).header("Cookie", cookie);
        *status = request.send().await.unwrap().status().as_u16();
    }
    statuses
}

async fn assert_nobody(proxy: &TestProxy, cookie: &str) {
    assert_eq!(statuses(proxy, cookie).await, [401; 3], "{cookie}");
}

/// A proxy of its own with another line in its configuration instead of this one.
async fn other_deployment(line: &str, instead: &str) -> TestProxy {
    let toml = format!(
        r#"
public_url = "http://127.0.0.1:8080"
database_url = "sqlite::memory:"
session_keys = ["0123456789abcdef0123456789abcdef"]
simulator = true
[accounts.shop]
appid = "{APPID}"
secret = "simulator-secret-a1"
title = "t"
"#
    );
    assert_eq!(toml.matches(line).count(), 1, "{line}");
    let config = Config::parse(&toml.replace(line, instead), []).unwrap();
    TestProxy::start_with(config).await
}

#[actix_web::test]
async fn a_cookie_written_by_hand_is_nobody() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    let json = serde_json::to_string(&session()).unwrap();
    let encoded = STANDARD.encode(&json);
    for value in [
        &json,
        &encoded,
        OPENID,
        "admin",
        "null",
        "true",
        "eyJhbGciOiJub25lIn0.eyJvcGVuaWQiOiJvIn0.",
        "../../../etc/passwd",
        "' OR '1'='1",
        "%00",
        &"A".repeat(600),
    ] {
        assert_nobody(&proxy, &format!("{NAME}={value}")).await;
    }
}

/// Whether this cookie opens a session, asked without a connection, because there are thousands of cookies.
fn opens(proxy: &TestProxy, value: &[u8]) -> bool {
    let header = [NAME.as_bytes(), b"=", value].concat();
    // A byte no header can hold never arrives.
    let Ok(header) = HeaderValue::from_bytes(&header) else {
        return false;
    };
    let request = TestRequest::default().insert_header((COOKIE, header));
    let opened = proxy.state.sessions.open(&request.to_http_request());
    opened.is_some()
}

#[actix_web::test]
async fn a_cookie_cut_anywhere_is_nobody() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    let whole = sealed(&proxy, &session());
    let cookie = format!("{NAME}={whole}");
    assert_eq!(statuses(&proxy, &cookie).await, [200, 204, 200]);
    for length in 0..whole.len() {
        let (head, tail) = whole.as_bytes().split_at(length);
        assert!(!opens(&proxy, head), "the first {length}");
        assert!(
            length == 0 || !opens(&proxy, tail),
            "without the first {length}"
        );
    }
    assert_nobody(&proxy, &cookie[..cookie.len() - 1]).await;
}

#[actix_web::test]
async fn a_cookie_with_any_bit_flipped_is_nobody() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    let whole = sealed(&proxy, &session());
    assert!(opens(&proxy, whole.as_bytes()));
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut flipped = whole.clone().into_bytes();
            flipped[at] ^= 1 << bit;
            assert!(!opens(&proxy, &flipped), "bit {bit} of byte {at}");
        }
    }
}

#[actix_web::test]
async fn two_cookies_glued_together_are_nobody() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    let mine = sealed(&proxy, &session());
    let victims = Session {
        openid: "oVictimVictimVictimVictimVic".to_owned(),
        ..session()
    };
    let victims = sealed(&proxy, &victims);
    for at in 1..mine.len().min(victims.len()) {
        let glued = format!("{}{}", &mine[..at], &victims[at..]);
        // Near the ends the two may be alike by chance.
        if glued != mine && glued != victims {
            assert!(!opens(&proxy, glued.as_bytes()), "{at}");
        }
    }
    assert_nobody(&proxy, &format!("{NAME}={mine}{victims}")).await;
}

#[actix_web::test]
async fn a_cookie_sealed_by_a_key_that_was_taken_out_is_nobody() {
    let key = "0123456789abcdef0123456789abcdef";
    let old = "old-0123456789abcdef0123456789abcdef";
    let during = other_deployment(&format!("\"{key}\""), &format!("\"{old}\", \"{key}\"")).await;
    let cookie = format!("{NAME}={}", sealed(&during, &session()));
    assert_eq!(statuses(&during, &cookie).await, [200, 204, 200]);
    let after = TestProxy::start("http://127.0.0.1:9").await;
    assert_nobody(&after, &cookie).await;
}

#[actix_web::test]
async fn a_cookie_of_another_deployment_is_nobody() {
    let here = TestProxy::start("http://127.0.0.1:9").await;
    let key = "0123456789abcdef0123456789abcdef";
    // Somebody's own proxy, downloaded, with a session of the victim in it.
    let attackers = other_deployment(key, "attackers-0123456789abcdef012345").await;
    assert_nobody(&here, &format!("{NAME}={}", sealed(&attackers, &session()))).await;
    // The company's own one with the same key by mistake, for another official account under the same name.
    let sisters = other_deployment(APPID, "wx00000000000000ee").await;
    let session = Session {
        appid: "wx00000000000000ee".to_owned(),
        ..session()
    };
    assert_nobody(&here, &format!("{NAME}={}", sealed(&sisters, &session))).await;
    // The same on https: the name is sealed in, so that a cookie of a test site is none of the real one.
    let https = other_deployment("http://127.0.0.1:8080", "https://shop.example").await;
    let from_http = sealed(&here, &self::session());
    assert_nobody(&https, &format!("__Host-{NAME}={from_http}")).await;
}

#[actix_web::test]
async fn a_session_renamed_to_another_account_is_nobody() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    for (account, appid) in [
        ("cafe", APPID),
        ("shop", "wx00000000000000a2"),
        ("gone", APPID),
        ("", APPID),
    ] {
        // Sealed by the right key, as a bug or a change of the configuration could.
        let session = Session {
            account: account.to_owned(),
            appid: appid.to_owned(),
            ..session()
        };
        assert_nobody(&proxy, &format!("{NAME}={}", sealed(&proxy, &session))).await;
    }
}

#[actix_web::test]
async fn other_things_this_site_has_sealed_are_no_session() {
    let proxy = people::proxy().await;
    let somebody = people::user(&proxy, "shop", OPENID, None).await;
    for number in 0..2 {
        let path = format!("/api/records/order/{number}");
        assert_eq!(somebody.put(&path, "1").await.status(), 201);
    }
    let page = somebody.page("/api/records?limit=1").await;
    let cursor = page.next_cursor.unwrap();
    assert_nobody(&proxy, &format!("{NAME}={cursor}")).await;
    // Nor is a session a cursor, a service key or a code.
    let cookie = sealed(&proxy, &session());
    let listed = format!("/api/records?cursor={}", cookie.replace('+', "%2B"));
    assert_eq!(somebody.get(&listed).await.status(), 400);
    let request = proxy.request(Method::GET, &people::user_path("shop", OPENID));
    let answer = request.bearer_auth(&cookie).send().await.unwrap();
    assert_eq!(answer.status(), 401);
}
