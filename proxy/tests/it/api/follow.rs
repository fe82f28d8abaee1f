//! Whether a user follows the account: said beside a session and to backends, where it is switched on and known.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::Semaphore;
use wechat_simulator::{Effect, Endpoint, Fault, Person};

use crate::support::*;

const FOLLOWER: &str = "/cgi-bin/user/info";
const PAUSE: u64 = 30;

/// A simulator, and a proxy whose account `shop` asks who follows it, with the website application of its platform, a
/// backend and little patience.
async fn asking() -> (Simulator, TestProxy) {
    let simulator = Simulator::start().await.unwrap();
    let follow = [("ACCOUNTS__SHOP__FOLLOW", "true")];
    let others = [&follow[..], &WEBSITE_OF_PLATFORM].concat();
    let mut config = config_with(&simulator.base_url(), &others);
    config.service_keys = config_with_backends().service_keys;
    (simulator, TestProxy::start_with(config).await)
}

/// Somebody who follows, or does not.
fn add(simulator: &Simulator, id: &str, follows: bool) {
    simulator.add_person(Person {
        follows: BTreeMap::from([(APPID.to_owned(), follows)]),
        ..Person::new(id, id)
    });
}

/// What the browser's session says.
async fn subscribe(caller: &Caller) -> Value {
    let session: Value = caller.get("/api/session").await.object().await;
    session["subscribe"].clone()
}

fn asked(simulator: &Simulator) -> usize {
    let requests = simulator.requests();
    requests.iter().filter(|it| it.path == FOLLOWER).count()
}

#[actix_web::test]
async fn it_is_said_of_followers_for_five_minutes_and_of_others_for_two_seconds() {
    let (simulator, proxy) = asking().await;
    // A stranger may be on the way to become a follower.
    for (id, follows, kept) in [("guanzhu", true, 300), ("luren", false, 2)] {
        add(&simulator, id, follows);
        let before = asked(&simulator);
        let signed_in = proxy.stranger();
        let session = signed_in.log_in(&simulator, id, Base).await;
        assert_eq!(asked(&simulator), before, "no login asks");
        for _ in 0..3 {
            assert_eq!(subscribe(&signed_in).await, follows);
        }
        let backend = backend(&proxy);
        let user = backend.get(&user_path("shop", &session.openid)).await;
        let user: Value = user.object().await;
        assert_eq!(
            (&user["subscribe"], asked(&simulator)),
            (&follows.into(), before + 1)
        );
        // The cookie says nothing of it, and the bootstrap asks nothing.
        let bootstrap: Value = signed_in.get("/api/bootstrap").await.object().await;
        assert!(bootstrap["session"].is_object() && bootstrap["session"]["subscribe"].is_null());

        add(&simulator, id, !follows);
        proxy.clock.advance(Duration::from_secs(kept - 1));
        assert_eq!(subscribe(&signed_in).await, follows);
        proxy.clock.advance(Duration::from_secs(1));
        assert_eq!(subscribe(&signed_in).await, !follows);
    }
}

#[actix_web::test]
async fn a_followers_unionid_joins_a_silent_user_with_all_doors() {
    let (simulator, proxy) = asking().await;
    let signed_in = proxy.stranger();
    let session = signed_in.log_in(&simulator, "xiaoming", Base).await;
    assert_eq!(session.unionid, None);
    let backend = backend(&proxy);
    let path = user_path("shop", &session.openid);
    let user: api_types::CurrentIdentity = backend.get(&path).await.object().await;
    assert_eq!(user.subscribe, Some(true));
    let unionid = simulator.unionid(APPID, "xiaoming");
    assert!(unionid.is_some() && user.identity.unionid == unionid);

    // Nobody of this website application was asked about but by the person under the account.
    let at_desk = proxy.stranger();
    let code = simulator.issue_code(WEBSITE, "xiaoming", Login);
    let body = json!({ "account": "shop", "code": code, "verifier": VERIFIER, "website": true });
    at_desk.post(body.to_string()).await.session().await;
    assert_eq!(subscribe(&at_desk).await, true);
    // Who never was there under the account is unknown, and nobody is asked.
    let before = asked(&simulator);
    let code = simulator.issue_code(WEBSITE, "xiaohong", Login);
    let body =
        json!({ "account": "shop", "code": code, "verifier": OTHER_VERIFIER, "website": true });
    let other = proxy.stranger();
    other.post(body.to_string()).await.session().await;
    assert_eq!(
        (subscribe(&other).await, asked(&simulator)),
        (Value::Null, before)
    );
    // Whoever comes there is known as soon as a new follower.
    let under_account = proxy.stranger();
    under_account.log_in(&simulator, "xiaohong", Userinfo).await;
    proxy.clock.advance(Duration::from_secs(2));
    assert_eq!(subscribe(&other).await, true);
}

#[actix_web::test]
async fn a_user_of_two_accounts_may_follow_one_of_them() {
    let simulator = Simulator::start().await.unwrap();
    let follow = ["ACCOUNTS__SHOP__FOLLOW", "ACCOUNTS__CAFE__FOLLOW"].map(|it| (it, "true"));
    let others = [&follow[..], &WEBSITE_OF_PLATFORM].concat();
    let config = config_with(&simulator.base_url(), &others);
    let proxy = TestProxy::start_with(config).await;
    simulator.add_person(Person {
        follows: BTreeMap::from([(APPID.to_owned(), true), (CAFE.to_owned(), false)]),
        ..Person::new("banlu", "banlu")
    });
    for (account, appid) in [("shop", APPID), ("cafe", CAFE)] {
        let code = simulator.issue_code(appid, "banlu", Userinfo);
        let body = json!({ "account": account, "code": code, "verifier": VERIFIER });
        proxy.post(body.to_string()).await.session().await;
    }
    for (account, follows) in [("shop", true), ("cafe", false)] {
        let at_desk = proxy.stranger();
        let code = simulator.issue_code(WEBSITE, "banlu", Login);
        let body =
            json!({ "account": account, "code": code, "verifier": VERIFIER, "website": true });
        at_desk.post(body.to_string()).await.session().await;
        assert_eq!(subscribe(&at_desk).await, follows);
    }
}

#[actix_web::test]
async fn where_it_is_not_switched_on_or_somebody_is_a_guest_nobody_is_asked() {
    let (simulator, proxy) = asking().await;
    let at_cafe = user(&proxy, "cafe", "oAtTheCafe", None).await;
    assert_eq!(subscribe(&at_cafe).await, Value::Null);
    let guest = guest(&proxy, "oGuestOfASnapshot");
    assert_eq!(subscribe(&guest).await, Value::Null);
    let backend = backend(&proxy);
    let answer = backend.get(&user_path("shop", "oNeverSeen")).await;
    answer.error(404, NotFound).await;
    assert_eq!(simulator.requests().len(), 0);
}

#[actix_web::test]
async fn a_failure_leaves_it_unknown_for_a_while_and_breaks_nothing() {
    let errcode = |endpoint, errcode| {
        let errmsg = None;
        Fault::new(endpoint, Effect::Errcode { errcode, errmsg })
    };
    for (fault, calls) in [
        (errcode(Endpoint::Follower, 48001), 1),
        (errcode(Endpoint::Follower, 40001), 2),
        (errcode(Endpoint::Follower, 45009), 1),
        (errcode(Endpoint::StableToken, 40164), 0),
        (Fault::new(Endpoint::Follower, Effect::HtmlBody), 1),
        (Fault::new(Endpoint::StableToken, Effect::ResetBefore), 0),
    ] {
        let (simulator, proxy) = asking().await;
        simulator.add_fault(fault);
        let callers = [proxy.stranger(), proxy.stranger()];
        for (caller, person) in callers.iter().zip(["xiaoming", "xiaohong"]) {
            caller.log_in(&simulator, person, Base).await;
        }
        for caller in callers.iter().chain(&callers) {
            assert_eq!(subscribe(caller).await, Value::Null);
        }
        assert_eq!(asked(&simulator), calls);
        simulator.clear_faults();
        proxy.clock.advance(Duration::from_secs(2 * PAUSE));
        for caller in &callers {
            assert_eq!(subscribe(caller).await, true);
        }
    }
}

/// As of an openid of a deleted user: others are asked about as before.
#[actix_web::test]
async fn an_openid_that_wechat_does_not_know_is_no_matter_of_others() {
    let (simulator, proxy) = asking().await;
    let unknown = user(&proxy, "shop", "oNobodyKnowsMeThere", None).await;
    let known = proxy.stranger();
    known.log_in(&simulator, "xiaoming", Base).await;
    for _ in 0..2 {
        assert_eq!(subscribe(&unknown).await, Value::Null);
        assert_eq!(subscribe(&known).await, true);
    }
    assert_eq!(asked(&simulator), 2);
}

#[actix_web::test]
async fn silence_is_waited_for_no_longer_than_any_call_takes() {
    let upstream = Upstream::start([Reply::Silence]).await;
    let mut config = config_with(&upstream.base_url(), &[("ACCOUNTS__SHOP__FOLLOW", "true")]);
    config.wechat.timeouts.total = Duration::from_millis(200);
    let proxy = TestProxy::start_with(config).await;
    let user = user(&proxy, "shop", OPENID, None).await;
    for _ in 0..2 {
        assert_eq!(subscribe(&user).await, Value::Null);
    }
    assert_eq!(upstream.targets(), [TOKEN]);
}

/// The answer comes after all, and then nobody asks again.
#[actix_web::test]
async fn all_wait_two_seconds_for_one_question_that_goes_on_and_keeps_nobody_else_waiting() {
    let gate = Arc::new(Semaphore::new(0));
    let token = json!({ "access_token": ACCESS_TOKEN, "expires_in": 7200 }).to_string();
    let follower = json!({ "subscribe": 1, "openid": OPENID }).to_string();
    let replies = [Reply::Body(token), Reply::Gated(gate.clone(), follower)];
    let upstream = Upstream::start(replies).await;
    let mut config = config_with(&upstream.base_url(), &[("ACCOUNTS__SHOP__FOLLOW", "true")]);
    config.wechat.timeouts.total = Duration::from_secs(600);
    config.limits.requests_at_once = 1;
    let proxy = TestProxy::start_with(config).await;
    let user = user(&proxy, "shop", OPENID, None).await;
    let others = async {
        upstream.wait_for(2).await;
        assert_eq!(proxy.get("/api/bootstrap").await.status(), 200);
        subscribe(&user).await
    };
    let unknown = tokio::join!(subscribe(&user), others);
    assert_eq!(unknown, (Value::Null, Value::Null));
    gate.add_permits(1);
    assert_eq!(subscribe(&user).await, true);
    assert_eq!(upstream.targets().len(), 2);
}

const TOKEN: &str = "/cgi-bin/stable_token";

#[actix_web::test]
async fn an_accounts_own_qr_code_is_drawn_where_it_is_configured() {
    let text = "http://weixin.qq.com/r/abcdefghijk";
    let follow = [
        ("ACCOUNTS__SHOP__FOLLOW", "true"),
        ("ACCOUNTS__SHOP__FOLLOW_QR", text),
    ];
    let proxy = TestProxy::alone_with(&follow).await;
    let picture = async |query: &str| {
        let answer = proxy.get(&format!("/api/qr.svg?{query}")).await;
        assert_eq!(answer.header("content-type"), "image/svg+xml");
        answer.string().await
    };
    assert_ne!(picture("follow=shop").await, picture("path=/").await);
    for (account, status, code) in [("cafe", 404, NotFound), ("nobody", 400, InvalidRequest)] {
        let answer = proxy.get(&format!("/api/qr.svg?follow={account}")).await;
        answer.error(status, code).await;
    }
    let both = proxy.get("/api/qr.svg?follow=shop&path=/").await;
    both.error(400, InvalidRequest).await;
}
