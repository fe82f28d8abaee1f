//! Making the victim use a session of the attacker's.
//!
//! On https browsers keep `__Host-` cookies to the host that set them, so a neighbouring site, `blog.shop.example` say,
//! cannot set ours. What it tries instead are names that are ours only for careless servers.

use actix_web::http::header::{COOKIE, HeaderValue};
use actix_web::test::TestRequest;
use api_types::{Scope, Session};
use reqwest::Method;
use wechat_login_proxy::config::Config;
use wechat_simulator::{GrantedScope, Simulator};

use crate::helpers::{APPID, NOW, TestProxy, VERIFIER, new_browser, session_of};
use test_support::suite_log;

const ATTACKER: &str = "oAttackerAttackerAttackerAtt";
const VICTIM: &str = "oVictimVictimVictimVictimVic";

/// What a login of this person at the account `shop` comes to.
pub(crate) fn session(openid: &str) -> Session {
    Session {
        account: "shop".to_owned(),
        appid: APPID.to_owned(),
        openid: openid.to_owned(),
        unionid: None,
        scope: Scope::Base,
        snapshot: false,
        profile: None,
        expires_at: NOW + 3600,
    }
}

/// A proxy as in production, whose cookie has the prefix.
async fn https_proxy() -> TestProxy {
    let toml = format!(
        r#"
public_url = "https://shop.example"
database_url = "sqlite::memory:"
session_keys = ["0123456789abcdef0123456789abcdef"]
[accounts.shop]
appid = "{APPID}"
secret = "s"
title = "t"
"#
    );
    TestProxy::start_with(Config::parse(&toml, []).unwrap()).await
}

fn sealed(proxy: &TestProxy, openid: &str) -> String {
    let cookie = proxy.state.sessions.seal(&session(openid)).unwrap();
    suite_log::must_not_be_logged([cookie.value(), openid]);
    format!("{}={}", cookie.name(), cookie.value())
}

/// Whose session a `Cookie` header opens.
fn opened(proxy: &TestProxy, header: &[u8]) -> Option<String> {
    let value = HeaderValue::from_bytes(header).unwrap();
    let request = TestRequest::default().insert_header((COOKIE, value));
    let session = proxy.state.sessions.open(&request.to_http_request());
    session.map(|session| session.openid)
}

#[actix_web::test]
async fn a_session_planted_before_the_login_is_replaced_by_it() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = TestProxy::start(&simulator.base_url()).await;
    let attacker = new_browser();
    let code = simulator.issue_code(APPID, "laozhou", GrantedScope::Base);
    let body = serde_json::json!({ "account": "shop", "code": code, "verifier": VERIFIER });
    let signed_in = attacker.post(format!("{}/api/session", proxy.base_url));
    let signed_in = signed_in.json(&body).send().await.unwrap();
    let planted = signed_in.headers()["set-cookie"].to_str().unwrap();
    let planted = planted.split(';').next().unwrap().to_owned();

    // The victim logs in from a browser that has the attacker's cookie.
    let code = simulator.issue_code(APPID, "xiaoming", GrantedScope::Base);
    let body = serde_json::json!({ "account": "shop", "code": code, "verifier": "v".repeat(32) });
    let request = proxy.request(Method::POST, "/api/session").json(&body);
    let answer = request.header("Cookie", &planted).send().await.unwrap();
    let victim = session_of(answer).await;
    assert_eq!(victim.openid, simulator.openid(APPID, "xiaoming"));
    assert_eq!(proxy.current_session().await.as_ref(), Some(&victim));

    // What the attacker knows has become nothing else.
    let request = new_browser().get(format!("{}/api/session", proxy.base_url));
    let answer = request.header("Cookie", planted).send().await.unwrap();
    let attacker: Session = answer.json().await.unwrap();
    assert_eq!(attacker.openid, simulator.openid(APPID, "laozhou"));
}

/// Browsers let any host of the domain set a cookie whose name begins with a blank that is none in ASCII.
#[actix_web::test]
async fn a_cookie_whose_name_only_looks_like_ours_is_not_ours() {
    let proxy = https_proxy().await;
    let (attackers, victims) = (sealed(&proxy, ATTACKER), sealed(&proxy, VICTIM));
    assert_eq!(opened(&proxy, victims.as_bytes()).as_deref(), Some(VICTIM));
    let blanks = [
        "\u{85}", "\u{a0}", "\u{1680}", "\u{2000}", "\u{2001}", "\u{2002}", "\u{2003}", "\u{2004}",
        "\u{2005}", "\u{2006}", "\u{2007}", "\u{2008}", "\u{2009}", "\u{200a}", "\u{200b}",
        "\u{2028}", "\u{2029}", "\u{202f}", "\u{205f}", "\u{3000}", "\u{feff}", "\u{ad}",
    ];
    for blank in blanks {
        let disguised = format!("{blank}{attackers}");
        assert_eq!(opened(&proxy, disguised.as_bytes()), None, "{blank:?}");
        // Sent before ours, as for a longer path.
        let both = format!("{disguised}; {victims}");
        let session = opened(&proxy, both.as_bytes());
        assert_eq!(session.as_deref(), Some(VICTIM), "{blank:?}");
    }
    let (_, value) = attackers.split_once('=').unwrap();
    for name in [
        "__host-wechat_login",
        "__HOST-wechat_login",
        "__Host-Wechat_login",
        "__Host-wechat_login ",
        "__Host-wechat_login\u{2000}",
        "\"__Host-wechat_login\"",
        "$__Host-wechat_login",
        "__Secure-wechat_login",
        "__Host-wechat_login[]",
        "__Host-wechat%5Flogin",
        "%5F%5FHost-wechat_login",
        "__Host-wechat.login",
        "wechat_login",
        "",
    ] {
        let header = format!("{name}={value}");
        assert_eq!(opened(&proxy, header.as_bytes()), None, "{name:?}");
    }
    // RFC 2109's way of writing, and others to hide a cookie in another. Quotes hide nothing: what is behind the
    // semicolon is a cookie, and broken by the last quote.
    for header in [
        format!("$Version=1, {attackers}"),
        format!("basket=\"; {attackers}\""),
        format!("basket=1,{attackers}"),
        format!("basket=1 {attackers}"),
    ] {
        assert_eq!(opened(&proxy, header.as_bytes()), None, "{header:?}");
    }
}

/// Over plain http a neighbouring site can set ours. Two persons in one browser are none: who logs in later shall not
/// shop on the account of who planted a cookie.
#[actix_web::test]
async fn of_two_sessions_of_two_persons_neither_counts() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    let (attackers, victims) = (sealed(&proxy, ATTACKER), sealed(&proxy, VICTIM));
    for header in [
        format!("{attackers}; {victims}"),
        format!("{victims}; {attackers}"),
    ] {
        assert_eq!(opened(&proxy, header.as_bytes()), None);
    }
    // The same person twice, from before and after a renewal, is that person.
    let again = sealed(&proxy, VICTIM);
    let header = format!("{victims}; {again}");
    assert_eq!(opened(&proxy, header.as_bytes()).as_deref(), Some(VICTIM));
}
