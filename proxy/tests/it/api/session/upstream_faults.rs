//! `POST /api/session` while WeChat is broken, silent, or not there.

use crate::support::*;

/// Signs in against an upstream that does this once; asserts that it is "WeChat unavailable" after one exchange,
/// and that asking again does not exchange the code, which may be spent, a second time.
async fn assert_unavailable(name: &str, reply: Reply) {
    let is_silent = matches!(reply, Reply::Silence);
    let upstream = Upstream::start([reply, granted("snsapi_base")]).await;
    let mut config = config(&upstream.base_url());
    if is_silent {
        // Long enough for a busy machine to send what is not answered.
        config.wechat.timeouts.total = Duration::from_secs(1);
    }
    let proxy = TestProxy::start_with(config).await;
    for _ in 0..2 {
        let response = proxy.sign_in("code", VERIFIER).await;
        response.error(503, WechatUnavailable).await;
    }
    assert_eq!(upstream.exchanges(), 1, "{name}");
}

#[actix_web::test]
async fn garbage_errors_and_silence_are_unavailable_and_never_asked_for_again() {
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
    for status in [301, 400, 403, 429, 500, 502, 503] {
        assert_unavailable(&status.to_string(), Reply::Status(status)).await;
    }
    let not_utf8 = with_head("Content-Length: 3", b"\xff\xfe\x00");
    assert_unavailable("not UTF-8", not_utf8).await;
    assert_unavailable("silence", Reply::Silence).await;
}

#[actix_web::test]
async fn a_connection_cut_at_any_point_is_unavailable_and_never_repeated() {
    let within_body = with_head("Content-Length: 500", b"{\"access_token\":");
    for (name, reply) in [
        ("after the request", Reply::Cut),
        ("within the head", Reply::Raw(b"HTTP/1.1 200 O".to_vec())),
        ("within the body", within_body),
        ("not HTTP", Reply::Raw(b"SSH-2.0-x\r\n\r\n".to_vec())),
    ] {
        assert_unavailable(name, reply).await;
    }
}

#[actix_web::test]
async fn an_endless_body_is_cut_off() {
    let endless = with_head("Content-Length: 70000", &[b' '; 70_000]);
    assert_unavailable("64 KiB", endless).await;
}

#[actix_web::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Upstream::start([granted("snsapi_base")]).await;
    let location = elsewhere.base_url();
    let redirect =
        format!("HTTP/1.1 302 Found\r\nLocation: {location}/\r\nContent-Length: 0\r\n\r\n");
    assert_unavailable("redirect", Reply::Raw(redirect.into_bytes())).await;
    assert_eq!(elsewhere.targets().len(), 0);
}

#[actix_web::test]
async fn a_reused_connection_that_breaks_does_not_repeat_the_exchange() {
    let script = [granted("snsapi_base"), Reply::Cut, granted("snsapi_base")];
    let (upstream, proxy) = scripted(script).await;
    proxy.sign_in("first", VERIFIER).await.session().await;
    let response = proxy.sign_in("second", VERIFIER).await;
    response.error(503, WechatUnavailable).await;
    assert_eq!(upstream.exchanges(), 2);
}

#[actix_web::test]
async fn a_code_that_was_never_sent_can_be_tried_again() {
    let address = test_support::addresses::free_address();
    let proxy = TestProxy::start(&format!("http://{address}")).await;
    let response = proxy.sign_in("code", VERIFIER).await;
    response.error(503, WechatUnavailable).await;

    let upstream = Upstream::start_at(address, [granted("snsapi_base")]).await;
    let session = proxy.sign_in("code", VERIFIER).await.session().await;
    assert_eq!(session.openid, OPENID);
    assert_eq!(upstream.exchanges(), 1);
}

#[actix_web::test]
async fn wechats_errors_keep_their_meaning() {
    for (errcode, status, code) in [
        (-1, 503, WechatUnavailable),
        (40029, 410, CodeExpired),
        (42003, 410, CodeExpired),
        (42007, 410, CodeExpired),
        (40163, 409, CodeUsed),
        (45011, 429, RateLimited),
        (40013, 502, RefusedByWechat),
        (50002, 502, RefusedByWechat),
        (123_456, 502, RefusedByWechat),
    ] {
        let reply = Reply::Body(error_body(errcode, "errmsg of WeChat"));
        let (_upstream, proxy) = scripted([reply]).await;
        let response = proxy.sign_in("code", VERIFIER).await;
        assert_eq!(response.has("retry-after"), code == RateLimited);
        let error = response.error(status, code).await;
        assert!(!error.message.contains("errmsg"), "{}", error.message);
        let wechat = error.wechat.unwrap();
        assert_eq!(wechat.errcode, errcode);
        assert_eq!(wechat.rid.as_deref(), Some("6206378a-793424c0-2e4091cc"));
    }
}
