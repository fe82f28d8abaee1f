//! What the log says, and what it never says.

use api_types::ErrorCode;
use reqwest::Method;

use crate::helpers::{
    ACCESS_TOKEN, OPENID, REFRESH_TOKEN, SECRET, TestProxy, UNIONID, VERIFIER, captured_log,
    error_body, error_of, session_of, token_body, user_info_body,
};
use crate::people;
use crate::upstream::{Reply, Upstream};

/// The line about the request with this id.
fn line_of(request_id: &str) -> String {
    let log = captured_log();
    let is_meant = |line: &&str| line.contains(request_id) && line.contains("answered");
    let lines: Vec<&str> = log.lines().filter(is_meant).collect();
    assert_eq!(lines.len(), 1, "{lines:#?}");
    lines[0].to_owned()
}

#[actix_web::test]
async fn logins_and_failures_never_log_a_secret_code_token_or_id() {
    let code = "codeThatMustNotBeLogged";
    let upstream = Upstream::start([
        Reply::Body(token_body("snsapi_userinfo")),
        Reply::Status(500),
        Reply::Body(user_info_body()),
        // WeChat's texts can quote what was sent.
        Reply::Body(error_body(40029, &format!("invalid code {code}2"))),
        Reply::Body(error_body(40125, &format!("invalid appsecret {SECRET}"))),
        Reply::Cut,
        Reply::Body(format!("<html>{code} {SECRET}")),
        Reply::Raw(b"garbage".to_vec()),
    ])
    .await;
    let proxy = TestProxy::start(&upstream.base_url()).await;
    session_of(proxy.sign_in(code, VERIFIER).await).await;
    assert!(proxy.current_session().await.is_some());
    for attempt in 2..=6 {
        let response = proxy.sign_in(&format!("{code}{attempt}"), VERIFIER).await;
        assert!(response.status().is_client_error() || response.status().is_server_error());
    }
    proxy.post(format!("{{\"code\":\"{code}\"")).await;
    proxy.get(&format!("/api/session?code={code}")).await;
    proxy.get(&format!("/api/{code}")).await;
    proxy
        .request(Method::DELETE, "/api/session")
        .send()
        .await
        .unwrap();
    assert_eq!(upstream.exchanges(), 6);

    let unreachable = TestProxy::start("http://127.0.0.1:1").await;
    unreachable.sign_in(code, VERIFIER).await;

    let log = captured_log();
    for hidden in [
        code,
        SECRET,
        VERIFIER,
        OPENID,
        UNIONID,
        ACCESS_TOKEN,
        REFRESH_TOKEN,
    ] {
        let leaks: Vec<&str> = log.lines().filter(|line| line.contains(hidden)).collect();
        assert!(leaks.is_empty(), "{leaks:#?}");
    }
}

#[actix_web::test]
async fn records_and_backends_never_log_whose_and_what() {
    let proxy = people::proxy().await;
    let openid = "oOpenidThatMustNotBeLogged";
    let unionid = "unionidThatMustNotBeLogged";
    let value = "{\"note\":\"valueThatMustNotBeLogged\"}";
    let user = people::user(&proxy, "shop", openid, None).await;
    let backend = people::backend(&proxy);
    let stranger = people::backend_with(&proxy, "wrongKeyThatMustNotBeLogged-0123456789");
    let path = people::user_path("shop", openid);
    let record = format!("{path}/records/order/keyThatMustNotBeLogged");
    let own_record = "/api/records/order/keyThatMustNotBeLogged";

    let noted = backend
        .put(&path, &format!("{{\"unionid\":\"{unionid}\"}}"))
        .await;
    assert_eq!(noted.status(), 200);
    for caller in [&backend, &stranger, &user] {
        for address in [&record, own_record] {
            caller.put(address, value).await;
            caller.put(address, &value[1..]).await;
            caller.get(address).await;
        }
        caller.get(&path).await;
        caller
            .get(&format!("{path}/records?cursor={openid}&across=person"))
            .await;
        caller.get(&format!("{path}%2f/records")).await;
        caller.get(&format!("{path}/nothing/here")).await;
        caller.get(&format!("/api/records?openid={openid}")).await;
    }
    let page = user.page("/api/records?limit=1").await;
    assert_eq!(page.records.len(), 1);
    assert_eq!(user.delete(own_record).await.status(), 204);
    assert_eq!(backend.delete(&path).await.status(), 200);

    let log = captured_log();
    for hidden in [
        "ThatMustNotBeLogged",
        people::SERVICE_KEY,
        people::OTHER_SERVICE_KEY,
    ] {
        let leaks: Vec<&str> = log.lines().filter(|line| line.contains(hidden)).collect();
        assert!(leaks.is_empty(), "{leaks:#?}");
    }
}

#[actix_web::test]
async fn a_request_is_one_line_with_its_route_pattern() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    for (path, route) in [
        ("/api/session?code=x", "/api/session"),
        ("/somewhere/else", "unmatched"),
    ] {
        let response = proxy.get(path).await;
        let line = line_of(response.headers()["x-request-id"].to_str().unwrap());
        assert!(line.contains("method=GET"), "{line}");
        assert!(line.contains(&format!("route=\"{route}\"")), "{line}");
        assert!(
            line.contains(&format!("status={}", response.status().as_u16())),
            "{line}"
        );
        assert!(line.contains("duration_ms="), "{line}");
        assert!(
            !line.contains("code=x") && !line.contains("somewhere"),
            "{line}"
        );
    }
}

#[actix_web::test]
async fn a_refusal_is_logged_with_errcode_and_rid() {
    let upstream = Upstream::start([Reply::Body(error_body(40125, "invalid appsecret"))]).await;
    let proxy = TestProxy::start(&upstream.base_url()).await;
    let response = proxy.sign_in("code", VERIFIER).await;
    let error = error_of(response, 502, ErrorCode::RefusedByWechat).await;
    let line = line_of(&error.request_id);
    assert!(line.contains("wechat_errcode=40125"), "{line}");
    assert!(line.contains("6206378a-793424c0-2e4091cc"), "{line}");
    assert!(line.contains("ERROR"), "{line}");
    assert!(line.contains("code=\"refused_by_wechat\""), "{line}");
}
