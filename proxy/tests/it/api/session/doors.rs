//! The doors of a mini-program and of a mobile app beside those of the official account and its website application.

use crate::support::*;

/// What `application` may be, the appid and what its codes are of.
const DOORS: [(&str, &str); 4] = [
    ("", APPID),
    ("website", WEBSITE),
    ("miniprogram", MINIPROGRAM),
    ("app", APP),
];

/// Those that get a token.
const WITH_TOKEN: [(&str, &str); 2] = [DOORS[2], DOORS[3]];

async fn all_doors() -> (Simulator, TestProxy) {
    let simulator = Simulator::start().await.unwrap();
    let mut config = with_doors(config_with_backends());
    config.wechat.api_base = simulator.base_url().parse().unwrap();
    (simulator, TestProxy::start_with(config).await)
}

/// A WeChat that does this, and a proxy with all doors.
async fn scripted_doors(script: impl IntoIterator<Item = Reply>) -> (Upstream, TestProxy) {
    let upstream = Upstream::start(script).await;
    let config = with_doors(config(&upstream.base_url()));
    (upstream, TestProxy::start_with(config).await)
}

fn code_of(simulator: &Simulator, appid: &str) -> String {
    match appid {
        APPID => simulator.issue_code(appid, "xiaoming", Userinfo),
        WEBSITE => simulator.issue_code(appid, "xiaoming", Login),
        _ => simulator.issue_app_code(appid, "xiaoming"),
    }
}

async fn sign_in(proxy: &Caller, application: &str, code: &str) -> Response {
    if application.is_empty() {
        return proxy.sign_in(code, VERIFIER).await;
    }
    proxy.sign_in_by(application, code, VERIFIER).await
}

/// xiaoming's session by this door, and who shows it.
async fn through(
    simulator: &Simulator,
    proxy: &TestProxy,
    (application, appid): (&str, &str),
) -> (Session, Caller) {
    let caller = proxy.stranger();
    let answer = sign_in(&caller, application, &code_of(simulator, appid)).await;
    if !WITH_TOKEN.contains(&(application, appid)) {
        return (answer.session().await, caller);
    }
    let (session, token) = answer.new_session().await;
    (session, backend_with(proxy, &token))
}

#[actix_web::test]
async fn all_doors_lead_to_one_person_whose_records_each_of_them_finds() {
    let (simulator, proxy) = all_doors().await;
    let mut callers = Vec::new();
    for door in DOORS {
        let (session, caller) = through(&simulator, &proxy, door).await;
        let (application, appid) = door;
        assert_eq!(
            (&*session.account, &*session.appid, &session.openid),
            ("shop", appid, &simulator.openid(appid, "xiaoming"))
        );
        assert_eq!(session.unionid, simulator.unionid(APPID, "xiaoming"));
        assert!(session.unionid.is_some() && !session.snapshot);
        let is_scanned = application == "website";
        assert_eq!(session.scope == Scope::Login, is_scanned, "{application}");
        // A mini-program gives no names any more.
        let has_name = application != "miniprogram";
        assert_eq!(session.profile.is_some(), has_name, "{application}");
        assert!(session.expires_at >= NOW + 12 * 3600);
        assert!(caller.current_session().await == Some(session.clone()));
        let headers = caller.get("/api/auth").await;
        assert_eq!(headers.header("x-wechat-appid"), appid);
        assert_eq!(headers.header("x-wechat-openid"), session.openid);
        let record = format!("/api/records/door/{appid}");
        assert_eq!(caller.put(&record, "1").await.status(), 201);
        proxy.clock.advance(Duration::from_secs(1));
        callers.push((session, caller));
    }
    let all: Vec<String> = DOORS
        .iter()
        .rev()
        .map(|(_, it)| format!("door/{it}"))
        .collect();
    for (session, caller) in &callers {
        assert_eq!(caller.names("/api/records?across=person").await, all);
        let own = caller.names("/api/records").await;
        assert_eq!(own, [format!("door/{}", session.appid)]);
    }

    // A backend finds them by the unionid, and each by the account's name.
    let backend = backend(&proxy);
    let unionid = callers[0].0.unionid.as_ref().unwrap();
    let path = format!("/service/platforms/camellia/users/{unionid}");
    let api_types::Users { users } = backend.get(&path).await.object().await;
    let appids: Vec<_> = users.iter().map(|it| it.appid.as_str()).collect();
    assert_eq!(appids, [APPID, APP, MINIPROGRAM, WEBSITE]);
    assert!(users.iter().all(|it| it.account == "shop"));
    for (session, _) in &callers {
        let user = backend.get(&user_path("shop", &session.openid)).await;
        let user: api_types::Identity = user.object().await;
        assert_eq!(user.appid, session.appid);
    }
}

#[actix_web::test]
async fn a_code_of_one_door_opens_no_other() {
    let (simulator, proxy) = all_doors().await;
    for (application, own) in DOORS {
        for (_, other) in DOORS.into_iter().filter(|(_, appid)| *appid != own) {
            let code = code_of(&simulator, other);
            let answer = sign_in(&proxy, application, &code).await;
            let error = answer.error(410, CodeExpired).await;
            assert!(error.message.contains("application"), "{}", error.message);
        }
    }
}

#[actix_web::test]
async fn a_code_sent_twice_is_exchanged_once_and_each_token_is_good() {
    let (simulator, proxy) = all_doors().await;
    for (application, appid) in WITH_TOKEN {
        let code = code_of(&simulator, appid);
        let exchanged = || {
            let requests = simulator.requests();
            requests
                .iter()
                .filter(|it| it.path != "/sns/userinfo")
                .count()
        };
        let before = exchanged();
        let twice = || async {
            sign_in(&proxy, application, &code)
                .await
                .new_session()
                .await
        };
        let ((first, one), (second, two)) = futures_util::future::join(twice(), twice()).await;
        assert!(first == second);
        for token in [one, two] {
            let session = backend_with(&proxy, &token).current_session().await;
            assert!(session.as_ref() == Some(&first));
        }
        let stranger = proxy.sign_in_by(application, &code, OTHER_VERIFIER).await;
        stranger.error(409, CodeUsed).await;
        assert_eq!(exchanged() - before, 1, "{application}");
    }
}

#[actix_web::test]
async fn a_missing_application_and_a_contradiction_are_refused_before_wechat_is_asked() {
    let (simulator, proxy) = all_doors().await;
    for (account, field, value, code) in [
        (
            "cafe",
            "application",
            json!("miniprogram"),
            WrongApplication,
        ),
        ("cafe", "application", json!("app"), WrongApplication),
        ("cafe", "application", json!("website"), WrongApplication),
        ("cafe", "website", json!(true), WrongApplication),
        ("shop", "application", json!("mini"), InvalidRequest),
        ("shop", "application", json!(APP), InvalidRequest),
    ] {
        let body =
            json!({ "account": account, "code": "code", "verifier": VERIFIER, field: value });
        proxy.post(body.to_string()).await.error(400, code).await;
    }
    let two = json!({ "account": "shop", "code": "code", "verifier": VERIFIER, "website": true, "application": "app" });
    let answer = proxy.post(two.to_string()).await;
    answer.error(400, InvalidRequest).await;
    assert_eq!(simulator.requests().len(), 0);
    // Both ways to say the same at once.
    let code = code_of(&simulator, WEBSITE);
    let both = json!({ "account": "shop", "code": code, "verifier": VERIFIER, "website": true, "application": "website" });
    proxy.post(both.to_string()).await.session().await;
}

#[actix_web::test]
async fn a_mini_programs_code_goes_to_its_own_call_and_wechats_errors_keep_their_meaning() {
    for (errcode, status, code) in [
        (-1, 503, WechatUnavailable),
        (40029, 410, CodeExpired),
        (40163, 409, CodeUsed),
        (40226, 502, RefusedByWechat),
        (40125, 502, RefusedByWechat),
        (45011, 429, RateLimited),
    ] {
        let reply = Reply::Body(error_body(errcode, "errmsg of WeChat"));
        let (upstream, proxy) = scripted_doors([reply, granted("snsapi_base")]).await;
        let answer = proxy.sign_in_by("miniprogram", "a&b", VERIFIER).await;
        let error = answer.error(status, code).await;
        assert_eq!(error.wechat.unwrap().errcode, errcode);
        let target = format!(
            "/sns/jscode2session?appid={MINIPROGRAM}&secret=simulator-secret-a4&js_code=a%26b&grant_type=authorization_code"
        );
        assert_eq!(upstream.targets(), [target]);
        if code == RateLimited {
            // For the minute nobody else's code goes there, and the account's go on.
            let next = proxy.sign_in_by("miniprogram", "next", VERIFIER).await;
            next.error(429, RateLimited).await;
            assert_eq!(upstream.targets().len(), 1);
            proxy.sign_in("code", VERIFIER).await.session().await;
        }
    }
}

#[actix_web::test]
async fn what_a_mini_programs_login_tells_beside_the_openid_is_not_needed_and_not_kept() {
    let key = "sessionKeyThatMustNotBeLogged==";
    suite_log::must_not_be_logged([key]);
    for body in [
        json!({ "session_key": key, "openid": OPENID }),
        json!({ "errcode": 0, "errmsg": "ok", "openid": OPENID }),
    ] {
        let (_upstream, proxy) = scripted_doors([Reply::Body(body.to_string())]).await;
        let answer = proxy.sign_in_by("miniprogram", "code", VERIFIER).await;
        let text = answer.string().await;
        assert!(!text.contains("sessionKey"), "{text}");
        let session: Session = serde_json::from_str(&text).unwrap();
        let (appid, openid) = (AppId::parse(MINIPROGRAM).unwrap(), owner(OPENID).openid);
        let known = proxy.state.store.find_identity(&appid, &openid);
        assert_eq!(known.await.unwrap().unwrap().unionid, None);
        assert_eq!((session.scope, session.unionid), (Scope::Base, None));
    }
}

#[actix_web::test]
async fn an_app_whose_user_granted_less_is_signed_in_without_a_name() {
    let (upstream, proxy) = scripted_doors([granted("snsapi_base")]).await;
    let answer = proxy.sign_in_by("app", "code", VERIFIER).await;
    let (session, _) = answer.new_session().await;
    assert!(session.profile.is_none() && session.appid == APP);
    assert_eq!((upstream.exchanges(), upstream.user_infos()), (1, 0));
}

#[actix_web::test]
async fn the_limits_are_those_of_all_logins() {
    let simulator = Simulator::start().await.unwrap();
    let mut config = with_doors(config(&simulator.base_url()));
    config.limits.exchanges_per_client = 1.try_into().unwrap();
    let mut trusting = config_with(NO_WECHAT, &[("TRUSTED_PROXIES", "127.0.0.1")]);
    std::mem::swap(&mut config.trusted_proxies, &mut trusting.trusted_proxies);
    let proxy = TestProxy::start_with(config).await;
    let ask = async |application: &str, status| {
        let body = json!({ "account": "shop", "code": "unknown", "verifier": VERIFIER, "application": application });
        let headers = [JSON, ("X-Forwarded-For", "198.51.100.1")];
        let answer = proxy.send("POST /api/session", &headers, body.to_string());
        assert_eq!(answer.await.code(), status, "{application}");
    };
    ask("miniprogram", 410).await;
    ask("app", 429).await;
    assert_eq!(simulator.requests().len(), 1);
}

/// Everybody else's bearers are theirs, as before there were tokens.
#[actix_web::test]
async fn other_schemes_are_not_ours_and_no_bearer_is_where_nobody_has_tokens() {
    let proxy = TestProxy::start_with(with_doors(config(NO_WECHAT))).await;
    let without = TestProxy::alone().await;
    let cookie = proxy.cookie(&session(OPENID));
    let token = proxy.token("oOfTheMiniProgram");
    for (at, header, openid) in [
        (&proxy, "Basic c2l0ZTpwYXNz", Some(OPENID)),
        (&proxy, "Bearertoken", Some(OPENID)),
        (
            &proxy,
            &format!("bEaReR  {token}"),
            Some("oOfTheMiniProgram"),
        ),
        (&proxy, "Bearer theirs", None),
        (&without, "Bearer theirs", Some(OPENID)),
        (&without, &format!("Bearer {token}"), Some(OPENID)),
    ] {
        let headers = [("Cookie", cookie.as_str()), ("Authorization", header)];
        let answer = at.ask("GET /api/session", &headers).await;
        let found = match answer.code() {
            200 => Some(answer.object::<Session>().await.openid),
            _ => None,
        };
        assert_eq!(found.as_deref(), openid, "{header}");
    }
}
