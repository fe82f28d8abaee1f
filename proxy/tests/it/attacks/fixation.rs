//! Making the victim use a session of the attacker's.
//!
//! On https browsers keep `__Host-` cookies to the host that set them, so a neighbouring site, `blog.shop.example` say,
//! cannot set ours. What it tries instead are names that are ours only for careless servers.

use super::attempts;
use crate::support::*;

const ATTACKER: &str = "oAttackerAttackerAttackerAtt";
const VICTIM: &str = "oVictimVictimVictimVictimVic";

/// The cookies of both.
fn cookies(proxy: &TestProxy) -> [String; 2] {
    [ATTACKER, VICTIM].map(|openid| proxy.cookie(&session(openid)))
}

/// Whose session a `Cookie` header opens.
fn opened(proxy: &TestProxy, header: &[u8]) -> Option<String> {
    let session = proxy.state.sessions.open([header]);
    session.map(|session| session.openid)
}

#[actix_web::test]
async fn a_session_planted_before_the_login_is_replaced_by_it() {
    let (simulator, proxy) = simulated().await;
    let code = simulator.issue_code(APPID, "laozhou", Base);
    let signed_in = proxy.stranger().sign_in(&code, VERIFIER).await;
    let planted = signed_in.header("set-cookie").split(';').next().unwrap();

    // The victim logs in from a browser that has the attacker's cookie.
    let code = simulator.issue_code(APPID, "xiaoming", Base);
    let body = json!({ "account": "shop", "code": code, "verifier": "v".repeat(32) });
    let headers = [JSON, ("Cookie", planted)];
    let answer = proxy
        .send("POST /api/session", &headers, body.to_string())
        .await;
    let victim = answer.session().await;
    assert_eq!(victim.openid, simulator.openid(APPID, "xiaoming"));
    assert_eq!(proxy.current_session().await.as_ref(), Some(&victim));

    // What the attacker knows has become nothing else.
    let browser = proxy.stranger();
    let answer = browser
        .ask("GET /api/session", &[("Cookie", planted)])
        .await;
    let attacker: Session = answer.object().await;
    assert_eq!(attacker.openid, simulator.openid(APPID, "laozhou"));
}

/// Browsers let any host of the domain set a cookie whose name begins with a blank that is none in ASCII.
#[actix_web::test]
async fn a_cookie_whose_name_only_looks_like_ours_is_not_ours() {
    // As in production, where the cookie has the prefix.
    let proxy = TestProxy::alone_with(&[("PUBLIC_URL", "https://shop.example")]).await;
    let [attackers, victims] = cookies(&proxy);
    assert_eq!(opened(&proxy, victims.as_bytes()).as_deref(), Some(VICTIM));
    for blank in attempts("blanks") {
        let disguised = format!("{blank}{attackers}");
        assert_eq!(opened(&proxy, disguised.as_bytes()), None, "{blank:?}");
        // Sent before ours, as for a longer path.
        let both = format!("{disguised}; {victims}");
        let session = opened(&proxy, both.as_bytes());
        assert_eq!(session.as_deref(), Some(VICTIM), "{blank:?}");
    }
    let (_, value) = attackers.split_once('=').unwrap();
    for name in attempts("names") {
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
    let proxy = TestProxy::alone().await;
    let [attackers, victims] = cookies(&proxy);
    for header in [
        format!("{attackers}; {victims}"),
        format!("{victims}; {attackers}"),
    ] {
        assert_eq!(opened(&proxy, header.as_bytes()), None);
    }
    // The same person twice, from before and after a renewal, is that person.
    let again = proxy.cookie(&session(VICTIM));
    let header = format!("{victims}; {again}");
    assert_eq!(opened(&proxy, header.as_bytes()).as_deref(), Some(VICTIM));
}

/// Below a path there is no `__Host-`, and another application of the host can set ours for all paths.
#[actix_web::test]
async fn below_a_path_a_session_planted_for_the_whole_host_does_not_win() {
    let proxy = TestProxy::alone_with(&[("PUBLIC_URL", "https://shop.example/h5")]).await;
    let [attackers, victims] = cookies(&proxy);
    // Browsers send that of the longer path first, and it may be either.
    for header in [
        format!("{victims}; {attackers}"),
        format!("{attackers}; {victims}"),
    ] {
        assert_eq!(opened(&proxy, header.as_bytes()), None);
    }
    // Nor is a session of a proxy at the root of the host, with the same keys, one here.
    let at_the_root = TestProxy::alone_with(&[("PUBLIC_URL", "https://shop.example")]).await;
    let other = at_the_root.cookie(&session(ATTACKER));
    for other in [&other, &other.replace("__Host-", "__Secure-")] {
        let header = format!("{other}; {victims}");
        assert_eq!(opened(&proxy, header.as_bytes()).as_deref(), Some(VICTIM));
    }
}
