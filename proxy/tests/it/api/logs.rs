//! What the log says, and what it never says.

use crate::support::*;

#[actix_web::test]
async fn logins_and_failures_never_log_a_secret_code_token_or_id() {
    let code = "codeThatMustNotBeLogged";
    let (upstream, proxy) = scripted([
        granted("snsapi_userinfo"),
        Reply::Status(500),
        named(),
        // WeChat's texts can quote what was sent.
        Reply::Body(error_body(40029, &format!("invalid code {code}2"))),
        Reply::Body(error_body(40125, &format!("invalid appsecret {SECRET}"))),
        Reply::Cut,
        Reply::Body(format!("<html>{code} {SECRET}")),
        Reply::Raw(b"garbage".to_vec()),
    ])
    .await;
    proxy.sign_in(code, VERIFIER).await.session().await;
    assert!(proxy.current_session().await.is_some());
    for attempt in 2..=6 {
        let response = proxy.sign_in(&format!("{code}{attempt}"), VERIFIER).await;
        assert!(response.code() >= 400);
    }
    proxy.post(format!("{{\"code\":\"{code}\"")).await;
    proxy.get(&format!("/api/session?code={code}")).await;
    proxy.get(&format!("/api/{code}")).await;
    proxy.delete("/api/session").await;
    assert_eq!(upstream.exchanges(), 6);

    let unreachable = TestProxy::start("http://127.0.0.1:1").await;
    unreachable.sign_in(code, VERIFIER).await;

    assert_not_logged(&[
        code,
        SECRET,
        VERIFIER,
        OPENID,
        UNIONID,
        ACCESS_TOKEN,
        REFRESH_TOKEN,
    ]);
}

#[actix_web::test]
async fn records_and_backends_never_log_whose_and_what() {
    let (proxy, backend) = proxy_and_backend().await;
    let openid = "oOpenidThatMustNotBeLogged";
    let value = "{\"note\":\"valueThatMustNotBeLogged\"}";
    let user = user(&proxy, "shop", openid, None).await;
    let stranger = backend_with(&proxy, "wrongKeyThatMustNotBeLogged-0123456789");
    let path = user_path("shop", openid);
    let record = format!("{path}/records/order/keyThatMustNotBeLogged");
    let own_record = "/api/records/order/keyThatMustNotBeLogged";

    let note = "{\"unionid\":\"unionidThatMustNotBeLogged\"}";
    assert_eq!(backend.put(&path, note).await.status(), 200);
    for caller in [&backend, &stranger, &user] {
        for address in [&record, own_record] {
            caller.put(address, value).await;
            caller.put(address, &value[1..]).await;
            caller.get(address).await;
        }
        for address in [
            path.clone(),
            format!("{path}/records?cursor={openid}&across=person"),
            format!("{path}%2f/records"),
            format!("{path}/nothing/here"),
            format!("/api/records?openid={openid}"),
        ] {
            caller.get(&address).await;
        }
    }
    let page = user.page("/api/records?limit=1").await;
    assert_eq!(page.records.len(), 1);
    assert_eq!(user.delete(own_record).await.status(), 204);
    assert_eq!(backend.delete(&path).await.status(), 200);
    assert_not_logged(&["ThatMustNotBeLogged", SERVICE_KEY, OTHER_SERVICE_KEY]);
}

#[actix_web::test]
async fn a_refusal_is_logged_with_errcode_and_rid() {
    let refusal = Reply::Body(error_body(40125, "invalid appsecret"));
    let (_upstream, proxy) = scripted([refusal]).await;
    let response = proxy.sign_in("code", VERIFIER).await;
    let error = response.error(502, RefusedByWechat).await;
    let line = line_of(&error.request_id);
    for words in [
        "wechat_errcode=40125",
        "6206378a-793424c0-2e4091cc",
        "ERROR",
        "code=\"refused_by_wechat\"",
        "account=\"shop\"",
    ] {
        assert!(line.contains(words), "{line}");
    }
    let log = captured_log();
    let is_remedy = |line: &&str| line.contains(&error.request_id) && line.contains("setting=");
    let remedy = log.lines().find(is_remedy).unwrap();
    assert!(remedy.contains("accounts.shop.secret") && remedy.contains("AppSecret"));
}

#[actix_web::test]
async fn a_simulator_that_is_not_there_is_named_with_the_command_that_starts_it() {
    // A port that nothing listens on.
    let address = "http://127.0.0.1:1";
    let proxy = TestProxy::start(address).await;
    let response = proxy.sign_in("code", VERIFIER).await;
    let error = response.error(503, WechatUnavailable).await;
    assert!(error.message.contains(address), "{}", error.message);
    assert!(error.message.contains("cargo run -p wechat-simulator"));
    assert!(line_of(&error.request_id).contains(address));
}
