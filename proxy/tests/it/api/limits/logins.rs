//! So many logins a minute: of one client, altogether, and as many as WeChat takes.

use futures_util::future::{join, join_all};

use super::retry_after;
use crate::support::*;

const OF_A_CLIENT: &str = "LIMITS__EXCHANGES_PER_CLIENT_PER_MINUTE";
const ALTOGETHER: &str = "LIMITS__EXCHANGES_PER_MINUTE";

/// After how many seconds this code may be sent again.
async fn refused(proxy: &TestProxy, code: &str) -> u64 {
    let response = proxy.sign_in(code, VERIFIER).await;
    let seconds = retry_after(&response);
    let error = response.error(429, RateLimited).await;
    // WeChat's own refusal says so in its words.
    let words = format!("Wait {seconds} s");
    let is_said = error.wechat.is_some() || error.message.contains(&words);
    assert!(is_said, "{}", error.message);
    seconds
}

async fn signed_in_by(proxy: &TestProxy, code: &str) -> Session {
    proxy.sign_in(code, VERIFIER).await.session().await
}

#[actix_web::test]
async fn a_client_signs_in_as_often_as_allowed_and_again_after_what_retry_after_says() {
    let (simulator, proxy) = simulated_with(&[(OF_A_CLIENT, "3")]).await;
    for _ in 0..3 {
        proxy.log_in(&simulator, "xiaoming", Base).await;
    }
    let unspent = simulator.issue_code(APPID, "xiaoming", Base);
    assert_eq!(refused(&proxy, &unspent).await, 20);
    assert_eq!(simulator.requests().len(), 3);
    proxy.clock.advance(Duration::from_secs(19));
    assert_eq!(refused(&proxy, &unspent).await, 1);
    proxy.clock.advance(Duration::from_secs(1));
    signed_in_by(&proxy, &unspent).await;
}

#[actix_web::test]
async fn behind_a_web_server_clients_are_told_apart_and_cannot_pretend_to_be_others() {
    let one_each = (OF_A_CLIENT, "1");
    let (_simulator, alone) = simulated_with(&[one_each]).await;
    let trusting = ("TRUSTED_PROXIES", "127.0.0.1,::1");
    let (_simulator, behind) = simulated_with(&[one_each, trusting]).await;
    let login = json!({ "account": "shop", "code": "unknown-code", "verifier": VERIFIER });
    for (proxy, caller, status) in [
        (&behind, "198.51.100.1", 410),
        (&behind, "198.51.100.1", 429),
        // What the caller wrote itself stands before what the web server added.
        (&behind, "203.0.113.77, 198.51.100.1", 429),
        (&behind, "127.0.0.1, 198.51.100.1", 429),
        (&behind, "198.51.100.2", 410),
        (&behind, "2001:db8:1:2::1", 410),
        (&behind, "2001:db8:1:2:3::4", 429),
        (&behind, "2001:db8:1:3::1", 410),
        // Without a web server nobody can pretend to be others.
        (&alone, "198.51.100.1", 410),
        (&alone, "198.51.100.2", 429),
    ] {
        let headers = [JSON, ("X-Forwarded-For", caller)];
        let answer = proxy.send("POST /api/session", &headers, login.to_string());
        assert_eq!(answer.await.status(), status, "{caller}");
    }
}

#[actix_web::test]
async fn altogether_only_so_many_reach_wechat_and_repeated_callbacks_do_not_count() {
    let (simulator, proxy) = simulated_with(&[(ALTOGETHER, "2")]).await;
    let code = || simulator.issue_code(APPID, "xiaoming", Base);
    let first = code();
    for _ in 0..10 {
        signed_in_by(&proxy, &first).await;
    }
    // Refused without a call to WeChat, so it does not count either.
    let stranger = proxy.sign_in(&first, OTHER_VERIFIER).await;
    stranger.error(409, CodeUsed).await;
    signed_in_by(&proxy, &code()).await;

    let unspent = code();
    assert_eq!(refused(&proxy, &unspent).await, 30);
    signed_in_by(&proxy, &first).await;
    assert_eq!(simulator.requests().len(), 2);
    proxy.clock.advance(Duration::from_secs(30));
    signed_in_by(&proxy, &unspent).await;
}

/// WeChat's "too many", which is respected for a minute.
fn used_up(errcode: i64) -> Reply {
    Reply::Body(error_body(errcode, "reach max api minute-quota limit"))
}

/// Asserts that so many others are to wait so long.
async fn assert_crowd_refused(proxy: &TestProxy, people: u32, seconds: u64) {
    let codes: Vec<_> = (0..people).map(|number| format!("code{number}")).collect();
    let refused = join_all(codes.iter().map(|code| refused(proxy, code))).await;
    assert!(refused.iter().all(|it| *it == seconds), "{refused:?}");
}

#[actix_web::test]
async fn after_too_many_nobody_reaches_wechat_for_a_minute_and_codes_stay_unspent() {
    for errcode in [45009, 45011] {
        let base = || granted("snsapi_base");
        let (upstream, proxy) = scripted([used_up(errcode), base(), base()]).await;
        assert_eq!(refused(&proxy, "first").await, 60);
        assert_crowd_refused(&proxy, 50, 60).await;
        proxy.clock.advance(Duration::from_secs(59));
        assert_eq!(refused(&proxy, "code0").await, 1);
        assert_eq!(upstream.exchanges(), 1, "{errcode}");

        proxy.clock.advance(Duration::from_secs(1));
        for code in ["code0", "first"] {
            assert_eq!(signed_in_by(&proxy, code).await.openid, OPENID);
        }
    }
}

#[actix_web::test]
async fn after_the_minute_exactly_one_asks_and_the_others_wait_for_its_answer() {
    let (gate, held_back) = gated();
    let script = [used_up(45011), held_back, granted("snsapi_base")];
    let (upstream, proxy) = scripted(script).await;
    refused(&proxy, "first").await;
    proxy.clock.advance(Duration::from_secs(60));

    let crowd = async {
        upstream.wait_for(2).await;
        assert_crowd_refused(&proxy, 20, 1).await;
        assert_eq!(upstream.exchanges(), 2);
        gate.add_permits(1);
    };
    join(signed_in_by(&proxy, "asking"), crowd).await;
    signed_in_by(&proxy, "code0").await;
    assert_eq!(upstream.exchanges(), 3);
}

#[actix_web::test]
async fn another_account_goes_on() {
    let (_upstream, proxy) = scripted([used_up(45011), granted("snsapi_base")]).await;
    refused(&proxy, "first").await;
    let login = proxy.sign_in_to("cafe", "code", VERIFIER).await;
    login.session().await;
}

#[actix_web::test]
async fn where_only_names_are_too_many_logins_go_on_without_them() {
    let info = || granted("snsapi_userinfo");
    let script = [info(), used_up(45011), info(), info(), named()];
    let (upstream, proxy) = scripted(script).await;
    for code in ["first", "second"] {
        assert_eq!(signed_in_by(&proxy, code).await.profile, None);
    }
    assert_eq!(upstream.user_infos(), 1, "not asked again");
    proxy.clock.advance(Duration::from_secs(60));
    let profile = signed_in_by(&proxy, "third").await.profile;
    assert_eq!(profile.unwrap().nickname, "小明");
}
