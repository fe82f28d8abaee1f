//! `POST /api/session` while WeChat is broken, silent, or not there.

use std::net::SocketAddr;
use std::time::Duration;

use api_types::ErrorCode;

use crate::helpers::{
    OPENID, TestProxy, VERIFIER, config, error_body, error_of, session_of, token_body,
};
use crate::upstream::{Reply, Upstream};

/// Signs in against an upstream that does this once; asserts that it is "WeChat unavailable" after one exchange,
/// and that asking again does not exchange the code, which may be spent, a second time.
async fn assert_unavailable(name: &str, reply: Reply) {
    let upstream = Upstream::start([reply, Reply::Body(token_body("snsapi_base"))]).await;
    let mut config = config(&upstream.base_url());
    config.wechat.timeouts.total = Duration::from_millis(300);
    let proxy = TestProxy::start_with(config).await;
    for _ in 0..2 {
        let response = proxy.sign_in("code", VERIFIER).await;
        error_of(response, 503, ErrorCode::WechatUnavailable).await;
    }
    assert_eq!(upstream.exchanges(), 1, "{name}");
}

fn raw(head: &str, body: &[u8]) -> Reply {
    let mut bytes = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n").into_bytes();
    bytes.extend_from_slice(body);
    Reply::Raw(bytes)
}

#[actix_web::test]
async fn garbage_is_unavailable_and_never_asked_for_again() {
    for body in [
        "",
        "<html><body>502 Bad Gateway</body></html>",
        "{\"access_token\":\"86_x\",\"open",
        "[]",
        "{}",
        "{\"errcode\":\"busy\"}",
        "{\"access_token\":\"86_x\",\"openid\":\"../../o\"}",
    ] {
        assert_unavailable(body, Reply::Body(body.to_owned())).await;
    }
    assert_unavailable("not UTF-8", raw("Content-Length: 3", b"\xff\xfe\x00")).await;
}

#[actix_web::test]
async fn an_http_error_is_unavailable() {
    for status in [301, 400, 403, 429, 500, 502, 503] {
        assert_unavailable(&status.to_string(), Reply::Status(status)).await;
    }
}

#[actix_web::test]
async fn a_connection_cut_at_any_point_is_unavailable_and_never_repeated() {
    assert_unavailable("after the request", Reply::Cut).await;
    assert_unavailable("within the head", Reply::Raw(b"HTTP/1.1 200 O".to_vec())).await;
    assert_unavailable(
        "within the body",
        raw("Content-Length: 500", b"{\"access_token\":"),
    )
    .await;
    assert_unavailable("not HTTP", Reply::Raw(b"SSH-2.0-x\r\n\r\n".to_vec())).await;
}

#[actix_web::test]
async fn silence_is_unavailable() {
    assert_unavailable("silence", Reply::Silence).await;
}

#[actix_web::test]
async fn an_endless_body_is_cut_off() {
    let body = vec![b' '; 70_000];
    assert_unavailable("64 KiB", raw("Content-Length: 70000", &body)).await;
}

#[actix_web::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Upstream::start([Reply::Body(token_body("snsapi_base"))]).await;
    let location = elsewhere.base_url();
    let redirect =
        format!("HTTP/1.1 302 Found\r\nLocation: {location}/\r\nContent-Length: 0\r\n\r\n");
    assert_unavailable("redirect", Reply::Raw(redirect.into_bytes())).await;
    assert_eq!(elsewhere.targets().len(), 0);
}

#[actix_web::test]
async fn a_reused_connection_that_breaks_does_not_repeat_the_exchange() {
    let upstream = Upstream::start([
        Reply::Body(token_body("snsapi_base")),
        Reply::Cut,
        Reply::Body(token_body("snsapi_base")),
    ])
    .await;
    let proxy = TestProxy::start(&upstream.base_url()).await;
    session_of(proxy.sign_in("first", VERIFIER).await).await;
    let response = proxy.sign_in("second", VERIFIER).await;
    error_of(response, 503, ErrorCode::WechatUnavailable).await;
    assert_eq!(upstream.exchanges(), 2);
}

#[actix_web::test]
async fn a_code_that_was_never_sent_can_be_tried_again() {
    // A port that was free a moment ago and is free again.
    let address: SocketAddr = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let proxy = TestProxy::start(&format!("http://{address}")).await;
    let response = proxy.sign_in("code", VERIFIER).await;
    error_of(response, 503, ErrorCode::WechatUnavailable).await;

    let upstream = Upstream::start_at(address, [Reply::Body(token_body("snsapi_base"))]).await;
    let session = session_of(proxy.sign_in("code", VERIFIER).await).await;
    assert_eq!(session.openid, OPENID);
    assert_eq!(upstream.exchanges(), 1);
}

#[actix_web::test]
async fn wechats_errors_keep_their_meaning() {
    for (errcode, status, code) in [
        (-1, 503, ErrorCode::WechatUnavailable),
        (40029, 410, ErrorCode::CodeExpired),
        (42003, 410, ErrorCode::CodeExpired),
        (42007, 410, ErrorCode::CodeExpired),
        (40163, 409, ErrorCode::CodeUsed),
        (45011, 429, ErrorCode::RateLimited),
        (40013, 502, ErrorCode::RefusedByWechat),
        (50002, 502, ErrorCode::RefusedByWechat),
        (123_456, 502, ErrorCode::RefusedByWechat),
    ] {
        let body = error_body(errcode, "errmsg of WeChat");
        let upstream = Upstream::start([Reply::Body(body)]).await;
        let proxy = TestProxy::start(&upstream.base_url()).await;
        let response = proxy.sign_in("code", VERIFIER).await;
        let retry_after = response.headers().get("retry-after").cloned();
        let error = error_of(response, status, code).await;
        assert!(!error.message.contains("errmsg"), "{}", error.message);
        let wechat = error.wechat.unwrap();
        assert_eq!(wechat.errcode, errcode);
        assert_eq!(wechat.rid.as_deref(), Some("6206378a-793424c0-2e4091cc"));
        assert_eq!(retry_after.is_some(), code == ErrorCode::RateLimited);
    }
}
