//! Whom the backend learns of.

use super::site::{Site, true_headers, user, user_without_unionid};

#[actix_web::test]
async fn the_backend_learns_who_is_signed_in_and_an_unknown_unionid_is_no_header_at_all() {
    let site = Site::start().await;
    for session in [user(), user_without_unionid()] {
        let response = site.ask_as(&session, "GET /backend/orders", &[]).await;
        assert_eq!(response.status(), 200);
        let seen = site.backend.take_one();
        assert_eq!(seen.wechat_headers(), true_headers(&session));
    }
}

#[actix_web::test]
async fn one_connection_of_two_users_mixes_nobody_up() {
    let site = Site::start().await;
    // The client keeps its connection, and nginx those to the proxy.
    for turn in 0..4 {
        let mut session = user();
        session.openid = format!("oUserNumber{turn}");
        session.unionid = (turn % 2 == 0).then(|| format!("oPersonNumber{turn}"));
        let response = site.ask_as(&session, "GET /backend/orders", &[]).await;
        assert_eq!(response.status(), 200);
        let seen = site.backend.take_one();
        assert_eq!(seen.values("x-wechat-openid"), [session.openid.as_str()]);
        let unionid = seen.values("x-wechat-unionid").first().copied();
        assert_eq!(unionid, session.unionid.as_deref());
    }
}
