//! The authorize page: silent redirects, and where codes are sent, byte for byte, and where they never are.

use reqwest::Method;
use reqwest::header::HeaderValue;
use wechat_simulator::{Effect, Endpoint};

use crate::support::*;

// h5: snsapi_base redirects at once, with nothing to see, and a code is new at each authorization; observed: 32 letters and
// digits. h5 calls state optional: an empty one comes back empty, observed. The status is a choice.
#[actix_web::test]
async fn snsapi_base_redirects_at_once_with_a_new_code_then_state() {
    let world = World::new().await;
    let parameters = request("http://127.0.0.1:8080/me", "snsapi_base", "s");
    let mut codes = Vec::new();
    for (parameters, state) in [(&parameters[..], "s"), (&parameters[..4], "")] {
        let response = world.authorize(parameters).await;
        assert_eq!(response.status, 302);
        assert_eq!(response.header("cache-control"), "no-store");
        let code = response.code();
        let expected = format!("http://127.0.0.1:8080/me?code={code}&state={state}");
        assert!(response.location() == expected, "state {state:?}");
        assert!(code.len() == 32 && code.bytes().all(|b| b.is_ascii_alphanumeric()));
        codes.push(code);
    }
    assert_ne!(codes[0], codes[1]);
}

// h5: state has at most 128 bytes; observed: "state参数过长" without a number. One report: a phone lets a long one pass.
#[actix_web::test]
async fn state_of_128_bytes_passes_and_129_do_not_unless_set_so() {
    let world = World::new().await;
    let passes = async |state: &str| {
        let response = world.authorize(&request(APP, "snsapi_base", state)).await;
        response.status == 302 && response.location().ends_with(&format!("&state={state}"))
    };
    assert!(passes(&"a".repeat(128)).await);
    // Bytes count, not characters: 43 ideographs are 129 bytes.
    for state in ["a".repeat(129), "茶".repeat(43)] {
        let parameters = request(APP, "snsapi_base", &state);
        let refused = world.authorize(&parameters).await;
        refused.assert_refused("state参数过长", None, &state);
    }
    world.set(|settings| settings.long_state = true);
    assert!(passes(&"a".repeat(1000)).await);
}

// Observed: existing pairs stay, code and state go before a fragment, a missing path becomes "/". Observed twice: a
// parameter named openId does not come back, which is a setting.
#[actix_web::test]
async fn code_and_state_join_the_query_before_the_fragment() {
    let world = World::new().await;
    let arrives = async |given: &str, expected: &str| {
        let response = world.silent(given).await;
        assert_eq!(response.status, 302, "{given}");
        let sent = format!("code={}&state=s", response.code());
        let expected = expected.replace("CODE", &sent);
        assert!(response.location() == expected, "{given}");
    };
    for (given, expected) in [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/?CODE"),
        (
            "http://127.0.0.1:1/p?b=%2f&a=+",
            "http://127.0.0.1:1/p?b=%2f&a=+&CODE",
        ),
        (
            "http://localhost/p#/route?x=1",
            "http://localhost/p?CODE#/route?x=1",
        ),
        ("http://[::1]:1/茶", "http://[::1]:1/%E8%8C%B6?CODE"),
        (
            "http://127.0.0.1/p?openId=1&a=2",
            "http://127.0.0.1/p?openId=1&a=2&CODE",
        ),
    ] {
        arrives(given, expected).await;
    }
    world.set(|settings| settings.drop_openid_parameter = true);
    arrives(
        "http://127.0.0.1/p?openId=1&a=2",
        "http://127.0.0.1/p?a=2&CODE",
    )
    .await;
}

// Ours: a code goes to a web page of a permitted host and nowhere else, also after consent.
#[actix_web::test]
async fn scripts_data_and_disguised_hosts_are_refused_before_and_after_consent() {
    let world = World::new().await;
    for url in [
        "javascript:alert(1)//127.0.0.1",
        "data:text/html,127.0.0.1",
        "//127.0.0.1/",
        "myapp://127.0.0.1/",
        "http://127.0.0.1@evil.example/",
        "http://127.0.0.1:80@evil.example/",
        "http://evil.example\\@127.0.0.1/",
        "http://127.0.0.1.evil.example/",
        "http://127.0.0.1/\r\nX-Injected: 1",
    ] {
        for response in [
            world.silent(url).await,
            world.decide(url, "xiaoming", "allow").await,
            world.decide(url, "xiaoming", "refuse").await,
        ] {
            assert_eq!(response.headers.get("location"), None, "{url}");
            response.assert_refused("redirect_uri域名与后台配置不一致", Some(10003), url);
        }
    }
}

// Third-party page: scopes are a list with commas. That the answer lists them as WeChat writes such lists is a choice.
#[actix_web::test]
async fn a_list_of_scopes_is_asked_for_and_granted_as_one() {
    let world = World::new().await;
    let list = request(APP, "snsapi_userinfo,snsapi_base", "s");
    let consent = world.authorize(&list).await;
    assert!(consent.status == 200 && consent.contains("允许"));
    world.simulator.set_current("caidan");
    let code = world.authorize(&list).await.code();
    let body = world.exchange(BOOKS, &code).await;
    assert_eq!(body["scope"], "snsapi_base,snsapi_userinfo");
    assert!(body["unionid"].is_string());
}

// Observed: addresses on the way have one more parameter, which a permanent redirect adds.
#[actix_web::test]
async fn the_page_may_redirect_to_itself_once() {
    let world = World::with(|settings| {
        settings.connect_redirect = true;
        settings.strict_order = true;
    })
    .await;
    world.order(Endpoint::Authorize, Effect::Delay { millis: 1 });
    let path = authorize_path(&request("http://127.0.0.1/?a=%2F茶", "snsapi_base", "s1"));
    let hop = world.get(&path).await;
    assert_eq!((hop.status, hop.header("cache-control")), (301, "no-store"));
    assert_eq!(hop.location(), format!("{path}&connect_redirect=1"));
    assert_eq!(world.simulator.faults().len(), 1, "rules wait for the page");
    let page = world.get(hop.location()).await;
    assert!(page.status == 302 && page.location().ends_with("&state=s1"));
    let empty = world.get(&format!("{path}&connect_redirect=")).await;
    assert_eq!(empty.status, 302, "once is enough");
}

// Ours: phones have Chinese names, and some say so in their user agent; other apps' cookies may be none.
#[actix_web::test]
async fn odd_headers_of_a_phone_hide_nothing() {
    let world = World::with(|settings| settings.require_wechat = true).await;
    let path = authorize_path(&request(APP, "snsapi_base", "s"));
    let agent = HeaderValue::from_bytes("Android; 小米 MicroMessenger/8.0".as_bytes());
    let cookie = HeaderValue::from_bytes(b"\xff=1; lone; wechat_simulator_person=xiaohong");
    let get = world.request(Method::GET, &path);
    let get = get.header("user-agent", agent.unwrap());
    let response = read(get.header("cookie", cookie.unwrap())).await;
    assert_eq!(response.status, 302);
    let body = world.exchange(BOOKS, &response.code()).await;
    assert_eq!(body["openid"], world.simulator.openid(BOOKS, "xiaohong"));
}
