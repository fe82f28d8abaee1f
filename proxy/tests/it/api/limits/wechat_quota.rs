//! WeChat's "too many" is respected for a minute.

use std::sync::Arc;
use std::time::Duration;

use api_types::ErrorCode;
use futures_util::future::{join, join_all};
use tokio::sync::Semaphore;

use super::retry_after;
use crate::helpers::{
    OPENID, TestProxy, VERIFIER, error_body, error_of, session_of, token_body, user_info_body,
};
use crate::upstream::{Reply, Upstream};

fn used_up(errcode: i64) -> Reply {
    Reply::Body(error_body(errcode, "reach max api minute-quota limit"))
}

fn granted() -> Reply {
    Reply::Body(token_body("snsapi_base"))
}

async fn refused(proxy: &TestProxy, code: &str) -> u64 {
    let response = proxy.sign_in(code, VERIFIER).await;
    let seconds = retry_after(&response);
    error_of(response, 429, ErrorCode::RateLimited).await;
    seconds
}

#[actix_web::test]
async fn after_too_many_nobody_reaches_wechat_for_a_minute_and_codes_stay_unspent() {
    for errcode in [45009, 45011] {
        let upstream = Upstream::start([used_up(errcode), granted(), granted()]).await;
        let proxy = TestProxy::start(&upstream.base_url()).await;
        assert_eq!(refused(&proxy, "first").await, 60);
        let crowd = (0..50).map(|number| {
            let proxy = &proxy;
            async move { refused(proxy, &format!("code{number}")).await }
        });
        assert!(join_all(crowd).await.iter().all(|seconds| *seconds == 60));
        proxy.clock.advance(Duration::from_secs(59));
        assert_eq!(refused(&proxy, "code0").await, 1);
        assert_eq!(upstream.exchanges(), 1, "{errcode}");

        proxy.clock.advance(Duration::from_secs(1));
        for code in ["code0", "first"] {
            let session = session_of(proxy.sign_in(code, VERIFIER).await).await;
            assert_eq!(session.openid, OPENID);
        }
    }
}

#[actix_web::test]
async fn after_the_minute_exactly_one_asks_and_the_others_wait_for_its_answer() {
    let gate = Arc::new(Semaphore::new(0));
    let held_back = Reply::Gated(gate.clone(), token_body("snsapi_base"));
    let upstream = Upstream::start([used_up(45011), held_back, granted()]).await;
    let proxy = TestProxy::start(&upstream.base_url()).await;
    refused(&proxy, "first").await;
    proxy.clock.advance(Duration::from_secs(60));

    let crowd = async {
        upstream.wait_for(2).await;
        let crowd = (0..20).map(|number| {
            let proxy = &proxy;
            async move { refused(proxy, &format!("code{number}")).await }
        });
        assert!(join_all(crowd).await.iter().all(|seconds| *seconds == 1));
        assert_eq!(upstream.exchanges(), 2);
        gate.add_permits(1);
    };
    let (asking, ()) = join(proxy.sign_in("asking", VERIFIER), crowd).await;
    session_of(asking).await;
    session_of(proxy.sign_in("code0", VERIFIER).await).await;
    assert_eq!(upstream.exchanges(), 3);
}

#[actix_web::test]
async fn a_second_refusal_begins_a_second_minute() {
    let upstream = Upstream::start([used_up(45009), used_up(45009), granted()]).await;
    let proxy = TestProxy::start(&upstream.base_url()).await;
    refused(&proxy, "first").await;
    proxy.clock.advance(Duration::from_secs(60));
    assert_eq!(refused(&proxy, "second").await, 60);
    assert_eq!(refused(&proxy, "third").await, 60);
    assert_eq!(upstream.exchanges(), 2);
}

#[actix_web::test]
async fn another_account_goes_on() {
    let upstream = Upstream::start([used_up(45011), granted()]).await;
    let proxy = TestProxy::start(&upstream.base_url()).await;
    refused(&proxy, "first").await;
    session_of(proxy.sign_in_to("cafe", "code", VERIFIER).await).await;
}

#[actix_web::test]
async fn where_only_names_are_too_many_logins_go_on_without_them() {
    let upstream = Upstream::start([
        Reply::Body(token_body("snsapi_userinfo")),
        used_up(45011),
        Reply::Body(token_body("snsapi_userinfo")),
        Reply::Body(token_body("snsapi_userinfo")),
        Reply::Body(user_info_body()),
    ])
    .await;
    let proxy = TestProxy::start(&upstream.base_url()).await;
    for code in ["first", "second"] {
        let session = session_of(proxy.sign_in(code, VERIFIER).await).await;
        assert_eq!(session.profile, None);
    }
    assert_eq!(upstream.user_infos(), 1, "not asked again");
    proxy.clock.advance(Duration::from_secs(60));
    let session = session_of(proxy.sign_in("third", VERIFIER).await).await;
    assert_eq!(session.profile.unwrap().nickname, "小明");
}
