//! Whom the backend learns of.

use reqwest::Method;

use crate::forward_auth::site::{APPID, OPENID, Site, UNIONID, user, user_without_unionid};

#[actix_web::test]
async fn the_backend_learns_who_is_signed_in() {
    let site = Site::start().await;
    let request = site.request_of(&user(), Method::GET, "/backend/orders");
    assert_eq!(request.send().await.unwrap().status(), 200);
    assert_eq!(
        site.backend.take_one().wechat_headers(),
        [
            ("x-wechat-account", "shop"),
            ("x-wechat-appid", APPID),
            ("x-wechat-openid", OPENID),
            ("x-wechat-unionid", UNIONID),
        ]
    );
}

#[actix_web::test]
async fn an_unknown_unionid_is_no_header_at_all() {
    let site = Site::start().await;
    let request = site.request_of(&user_without_unionid(), Method::GET, "/backend/orders");
    assert_eq!(request.send().await.unwrap().status(), 200);
    assert_eq!(
        site.backend.take_one().wechat_headers(),
        [
            ("x-wechat-account", "shop"),
            ("x-wechat-appid", APPID),
            ("x-wechat-openid", OPENID),
        ]
    );
}

#[actix_web::test]
async fn one_connection_of_two_users_mixes_nobody_up() {
    let site = Site::start().await;
    // The client keeps its connection, and nginx those to the proxy.
    for turn in 0..4 {
        let mut session = user();
        session.openid = format!("oUserNumber{turn}");
        session.unionid = (turn % 2 == 0).then(|| format!("oPersonNumber{turn}"));
        let request = site.request_of(&session, Method::GET, "/backend/orders");
        assert_eq!(request.send().await.unwrap().status(), 200);
        let seen = site.backend.take_one();
        assert_eq!(seen.values("x-wechat-openid"), [session.openid.as_str()]);
        assert_eq!(
            seen.values("x-wechat-unionid"),
            session.unionid.as_deref().into_iter().collect::<Vec<_>>()
        );
    }
}
