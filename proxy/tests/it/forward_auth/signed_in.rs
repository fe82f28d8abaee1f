//! Whom the backend learns of.

use super::site::{behind_both, true_headers, user, user_without_unionid};
use crate::support::*;

#[actix_web::test]
async fn the_backend_learns_who_is_signed_in_and_an_unknown_unionid_is_no_header_at_all() {
    behind_both(async |site| {
        for session in [user(), user_without_unionid()] {
            let response = site.ask_as(&session, "GET /backend/orders", &[]).await;
            assert_eq!(response.status(), 200);
            let seen = site.backend.take_one();
            assert_eq!(seen.wechat_headers(), true_headers(&session));
        }
    })
    .await;
}

#[actix_web::test]
async fn one_connection_of_two_users_mixes_nobody_up() {
    behind_both(async |site| {
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
    })
    .await;
}

#[actix_web::test]
async fn a_token_is_as_good_as_the_cookie_and_stays_with_the_proxy() {
    behind_both(async |site| {
        let token = site.token();
        for (header, status) in [
            (format!("Bearer {token}"), 200),
            (format!("bearer {token}"), 200),
            (format!("Bearer {token}x"), 401),
        ] {
            // Of nobody's interest beside a token.
            let cookie = site.cookie(&user());
            let headers = [("Authorization", header.as_str()), ("Cookie", &cookie)];
            let answer = site.ask("GET /backend/orders", &headers).await;
            assert_eq!(answer.status(), status);
            for seen in site.backend.take() {
                assert_eq!(status, 200, "the backend was asked");
                assert_eq!(seen.values("x-wechat-appid"), [MINIPROGRAM]);
                assert_eq!(seen.values("x-wechat-openid"), [OPENID]);
                assert_eq!(seen.values("authorization"), [""; 0]);
            }
        }
        // Other schemes are the backend's.
        let basic = [("Authorization", "Basic c2l0ZTpwYXNz")];
        let answer = site.ask_as(&user(), "GET /backend/orders", &basic).await;
        assert_eq!(answer.status(), 200);
        let seen = site.backend.take_one();
        assert_eq!(seen.values("authorization"), ["Basic c2l0ZTpwYXNz"]);
    })
    .await;
}
