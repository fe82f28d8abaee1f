//! `GET /api/auth`.

use crate::support::*;

fn user() -> Session {
    Session {
        unionid: Some(UNIONID.to_owned()),
        scope: Scope::Userinfo,
        expires_at: NOW + 60,
        ..session(OPENID)
    }
}

/// Asks as the browser would that has this session.
async fn ask(proxy: &TestProxy, method: &str, session: &Session) -> Response {
    let cookie = proxy.cookie(session);
    let line = format!("{method} /api/auth");
    proxy.ask(&line, &[("Cookie", &cookie)]).await
}

/// The `X-Wechat-*` headers of an answer, by name.
fn wechat_headers(response: &Response) -> Vec<(&str, &str)> {
    let headers = response.headers().iter();
    let mut headers: Vec<_> = headers
        .filter(|(name, _)| name.as_str().starts_with("x-wechat-"))
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    headers.sort_unstable();
    headers
}

#[actix_web::test]
async fn who_signed_in_stands_in_the_headers_for_get_and_head() {
    let proxy = TestProxy::alone().await;
    for method in ["GET", "HEAD"] {
        let response = ask(&proxy, method, &user()).await;
        assert_eq!(response.status(), 204);
        assert_eq!(response.header("cache-control"), "no-store");
        let expected = [
            ("x-wechat-account", "shop"),
            ("x-wechat-appid", APPID),
            ("x-wechat-openid", OPENID),
            ("x-wechat-unionid", UNIONID),
        ];
        assert_eq!(wechat_headers(&response), expected);
    }
    // An unknown unionid is no header.
    let response = ask(&proxy, "GET", &session(OPENID)).await;
    assert_eq!(response.status(), 204);
    let names = wechat_headers(&response).into_iter().map(|(name, _)| name);
    assert!(names.eq(["x-wechat-account", "x-wechat-appid", "x-wechat-openid"]));
}

#[actix_web::test]
async fn a_guest_of_snapshot_mode_and_an_id_no_header_can_carry_let_nobody_through() {
    let proxy = TestProxy::alone().await;
    let guest = Session {
        snapshot: true,
        ..user()
    };
    let broken = Session {
        unionid: Some("o\nX-Wechat-Openid: o".to_owned()),
        ..user()
    };
    for (session, status, code) in [(guest, 401, Unauthorized), (broken, 500, Internal)] {
        let response = ask(&proxy, "GET", &session).await;
        assert!(wechat_headers(&response).is_empty());
        response.error(status, code).await;
    }
}
