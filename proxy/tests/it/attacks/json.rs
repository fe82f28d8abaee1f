//! JSON that is too big, too deep or none, wherever JSON is read.

use reqwest::Method;

use crate::helpers::{OPENID, TestProxy, VERIFIER, error_body, session_of, token_body};
use crate::people::{self, SERVICE_KEY, user_path};
use crate::upstream::{Reply, Upstream};

const DEPTH: usize = 100_000;

/// Nothing of this is JSON that any address wants.
fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let nested = |open: &str, depth: usize| open.repeat(depth).into_bytes();
    let closed = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    vec![
        ("100,000 lists", nested("[", DEPTH)),
        ("100,000 objects", nested("{\"a\":", DEPTH)),
        ("100,000 lists, closed", closed(DEPTH).into_bytes()),
        ("500 lists, closed", closed(500).into_bytes()),
        ("300 objects", nested("{\"a\":", 300)),
        ("a number of 100,000 digits", nested("9", DEPTH)),
        ("an endless text", [b"\"".to_vec(), nested("a", 900)].concat()),
        ("no UTF-8", b"{\"account\":\"\xff\xfe\"}".to_vec()),
        ("overlong UTF-8", b"{\"account\":\"\xc0\xaf\"}".to_vec()),
        ("a surrogate in UTF-8", b"{\"account\":\"\xed\xa0\x80\"}".to_vec()),
        ("half a surrogate pair", br#"{"account":"\ud800"}"#.to_vec()),
        ("a byte order mark", "\u{feff}{}".as_bytes().to_vec()),
        ("UTF-16", b"\xff\xfe{\0}\0".to_vec()),
        ("UTF-32", b"\xff\xfe\0\0{\0\0\0}\0\0\0".to_vec()),
        ("zeros", vec![0; 64]),
        ("two values", b"{}{}".to_vec()),
        ("a comment", b"/* */{}".to_vec()),
        ("a comma too many", b"{\"a\":1,}".to_vec()),
        ("no quotes", b"{a:1}".to_vec()),
        ("other quotes", b"{'a':1}".to_vec()),
        ("NaN", b"NaN".to_vec()),
        ("infinity", b"-Infinity".to_vec()),
        ("nothing", Vec::new()),
        ("XML", b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>".to_vec()),
    ]
}

#[actix_web::test]
async fn hostile_json_is_refused_wherever_json_is_read() {
    let proxy = people::proxy().await;
    let user = people::user(&proxy, "shop", OPENID, None).await;
    let bearer = format!("Bearer {SERVICE_KEY}");
    let person = user_path("shop", OPENID);
    let of_person = format!("{person}/records/order/1");
    for (what, body) in hostile() {
        for (method, path) in [
            (Method::POST, "/api/session"),
            (Method::POST, "/api/report"),
            (Method::PUT, "/api/records/order/1"),
            (Method::PUT, person.as_str()),
            (Method::PUT, of_person.as_str()),
        ] {
            let request = user.request(method, path).body(body.clone());
            let request = request.header("Content-Type", "application/json");
            let answer = request
                .header("Authorization", &bearer)
                .send()
                .await
                .unwrap();
            let status = answer.status().as_u16();
            assert!(matches!(status, 400 | 413), "{what} at {path}: {status}");
        }
    }
    assert_eq!(user.get("/api/records/order/1").await.status(), 404);
    assert_eq!(proxy.get("/readyz").await.status(), 200);
}

#[actix_web::test]
async fn a_doubled_field_is_one_login_at_most() {
    let upstream = Upstream::start([Reply::Body(token_body("snsapi_base"))]).await;
    let proxy = TestProxy::start(&upstream.base_url()).await;
    let body = format!(
        r#"{{"account":"cafe","account":"shop","code":"first","code":"last","verifier":"{VERIFIER}","verifier":"{VERIFIER}"}}"#
    );
    let answer = proxy.post(body).await;
    // The last one counts, in all fields alike.
    assert_eq!(session_of(answer).await.account, "shop");
    assert_eq!(upstream.exchanges(), 1);
    assert!(upstream.targets()[0].contains("code=last&"));
}

/// Whoever has come between us and WeChat, or WeChat on a bad day.
#[actix_web::test]
async fn hostile_json_of_wechat_is_a_wechat_that_is_not_there() {
    for (what, body) in hostile() {
        if matches!(what, "a byte order mark" | "nothing") {
            // Tolerated, and tried elsewhere: then there is no token in it.
            continue;
        }
        let upstream = Upstream::start([raw(&body)]).await;
        let proxy = TestProxy::start(&upstream.base_url()).await;
        let answer = proxy.sign_in("code", VERIFIER).await;
        assert_eq!(answer.status(), 503, "{what}");
        assert_eq!(upstream.exchanges(), 1, "{what} was asked for again");
        assert_eq!(proxy.get("/readyz").await.status(), 200, "{what}");
    }
    // A number beyond all numbers is no errcode, and no success either.
    for errcode in ["1e999", "99999999999999999999", "-1e400", "\"9e9\""] {
        let body = error_body(40029, "x").replace("40029", errcode);
        let upstream = Upstream::start([Reply::Body(body)]).await;
        let proxy = TestProxy::start(&upstream.base_url()).await;
        let answer = proxy.sign_in("code", VERIFIER).await;
        assert_eq!(answer.status(), 503, "{errcode}");
    }
}

fn raw(body: &[u8]) -> Reply {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    Reply::Raw([head.as_bytes(), body].concat())
}
