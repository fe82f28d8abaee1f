//! Cookies nobody sealed for this site: forged, cut, changed, from another key, account or deployment.

use actix_web::http::header::HeaderValue;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{OPEN, attempts, statuses};
use crate::support::*;

const NAME: &str = "wechat_login";

/// Somebody's session.
fn somebodys() -> Session {
    session(OPENID)
}

/// What this proxy makes of the session: the value of its cookie.
fn sealed(proxy: &TestProxy, session: &Session) -> String {
    let cookie = proxy.cookie(session);
    cookie.split_once('=').unwrap().1.to_owned()
}

async fn assert_nobody(proxy: &TestProxy, cookie: &str) {
    let statuses = statuses(proxy, &[("Cookie", cookie)]).await;
    assert_eq!(statuses, [401; 3], "{cookie}");
}

async fn assert_somebody(proxy: &TestProxy, cookie: &str) {
    assert_eq!(statuses(proxy, &[("Cookie", cookie)]).await, OPEN);
}

#[actix_web::test]
async fn a_cookie_written_by_hand_is_nobody() {
    let proxy = TestProxy::alone().await;
    let json = serde_json::to_string(&somebodys()).unwrap();
    let encoded = STANDARD.encode(&json);
    let others = ["A".repeat(600), OPENID.to_owned()];
    let values = attempts("handwritten").into_iter().chain(others);
    for value in values.chain([json, encoded]) {
        assert_nobody(&proxy, &format!("{NAME}={value}")).await;
    }
}

/// Whether this cookie opens a session, asked without a connection, because there are thousands of cookies.
fn opens(proxy: &TestProxy, value: &[u8]) -> bool {
    let header = [NAME.as_bytes(), b"=", value].concat();
    // A byte no header can hold never arrives.
    HeaderValue::from_bytes(&header).is_ok() && proxy.state.sessions.open([&header[..]]).is_some()
}

#[actix_web::test]
async fn a_cookie_cut_anywhere_is_nobody() {
    let proxy = TestProxy::alone().await;
    let whole = sealed(&proxy, &somebodys());
    let cookie = format!("{NAME}={whole}");
    assert_somebody(&proxy, &cookie).await;
    for length in 0..whole.len() {
        let (head, tail) = whole.as_bytes().split_at(length);
        assert!(!opens(&proxy, head), "the first {length}");
        let opened = length > 0 && opens(&proxy, tail);
        assert!(!opened, "without the first {length}");
    }
    assert_nobody(&proxy, &cookie[..cookie.len() - 1]).await;
}

#[actix_web::test]
async fn a_cookie_with_any_bit_flipped_is_nobody() {
    let proxy = TestProxy::alone().await;
    let whole = sealed(&proxy, &somebodys());
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
    let proxy = TestProxy::alone().await;
    let mine = sealed(&proxy, &somebodys());
    let victims = Session {
        openid: "oVictimVictimVictimVictimVic".to_owned(),
        ..somebodys()
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
    let keys = format!("old-0123456789abcdef0123456789abcdef,{SESSION_KEY}");
    let during = TestProxy::alone_with(&[("SESSION_KEYS", &keys)]).await;
    let cookie = format!("{NAME}={}", sealed(&during, &somebodys()));
    assert_somebody(&during, &cookie).await;
    let after = TestProxy::alone().await;
    assert_nobody(&after, &cookie).await;
}

#[actix_web::test]
async fn a_cookie_of_another_deployment_is_nobody() {
    let here = TestProxy::alone().await;
    // Somebody's own proxy, downloaded, with a session of the victim in it.
    let other_key = ("SESSION_KEYS", "attackers-0123456789abcdef012345");
    let attackers = TestProxy::alone_with(&[other_key]).await;
    assert_nobody(
        &here,
        &format!("{NAME}={}", sealed(&attackers, &somebodys())),
    )
    .await;
    // The company's own one with the same key by mistake, for another official account under the same name.
    let other_account = ("ACCOUNTS__SHOP__APPID", "wx00000000000000ee");
    let sisters = TestProxy::alone_with(&[other_account]).await;
    let session = Session {
        appid: other_account.1.to_owned(),
        ..somebodys()
    };
    assert_nobody(&here, &format!("{NAME}={}", sealed(&sisters, &session))).await;
    // The same on https: the name is sealed in, so that a cookie of a test site is none of the real one.
    let https = TestProxy::alone_with(&[("PUBLIC_URL", "https://shop.example")]).await;
    let from_http = sealed(&here, &somebodys());
    assert_nobody(&https, &format!("__Host-{NAME}={from_http}")).await;
}

#[actix_web::test]
async fn a_session_renamed_to_another_account_is_nobody() {
    let proxy = TestProxy::alone().await;
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
            ..somebodys()
        };
        assert_nobody(&proxy, &format!("{NAME}={}", sealed(&proxy, &session))).await;
    }
}

#[actix_web::test]
async fn other_things_this_site_has_sealed_are_no_session() {
    let (proxy, somebody) = proxy_and_user().await;
    for number in 0..2 {
        let path = format!("/api/records/order/{number}");
        assert_eq!(somebody.put(&path, "1").await.status(), 201);
    }
    let page = somebody.page("/api/records?limit=1").await;
    let cursor = page.next_cursor.unwrap();
    assert_nobody(&proxy, &format!("{NAME}={cursor}")).await;
    // Nor is a session a cursor, a service key or a code.
    let cookie = sealed(&proxy, &somebodys());
    let listed = format!("/api/records?cursor={}", cookie.replace('+', "%2B"));
    assert_eq!(somebody.get(&listed).await.status(), 400);
    let backend = backend_with(&proxy, &cookie);
    let answer = backend.get(&user_path("shop", OPENID)).await;
    assert_eq!(answer.status(), 401);
}
