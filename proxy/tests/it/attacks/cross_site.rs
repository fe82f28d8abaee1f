//! What a page of another site can make a visitor's browser send: forms, and requests no permission is asked for.

use crate::support::*;

const ORDER: &str = "/api/records/order/1";

/// Everything a browser sends without asking beforehand, and no content type at all.
const UNASKED_FOR: [Option<&str>; 14] = [
    None,
    Some(""),
    Some("text/plain"),
    Some("text/plain; charset=utf-8"),
    Some("text/plain;application/json"),
    Some("text/plain, application/json"),
    Some("application/x-www-form-urlencoded"),
    Some("application/x-www-form-urlencoded; boundary=application/json"),
    Some("multipart/form-data; boundary=application/json"),
    // And what is nearly JSON.
    Some("json"),
    Some("application/jsonp"),
    Some("application/json,text/plain"),
    Some("text/plain; note=\";application/json\""),
    Some("\"application/json\""),
];

fn login(code: &str) -> String {
    json!({ "account": "shop", "code": code, "verifier": VERIFIER }).to_string()
}

/// As the attacker's page has the browser send it.
async fn send(
    browser: &Caller,
    line: &str,
    content_type: Option<&str>,
    body: impl Into<reqwest::Body>,
) -> Response {
    let mut headers = vec![("Origin", "https://evil.example")];
    headers.extend(content_type.map(|kind| ("Content-Type", kind)));
    browser.send(line, &headers, body).await
}

#[actix_web::test]
async fn a_form_with_the_attackers_code_signs_nobody_in() {
    let (upstream, proxy) = scripted([]).await;
    for content_type in UNASKED_FOR {
        // A form's text can be JSON: `name={"a":"` and `value="}`.
        for body in [login("code"), format!("{}=", login("code"))] {
            let answer = send(&proxy, "POST /api/session", content_type, body).await;
            answer.error(415, InvalidRequest).await;
        }
    }
    assert_eq!(proxy.current_session().await, None);
    assert!(upstream.targets().is_empty(), "the code was sent to WeChat");
}

/// Even a browser that sends JSON of another site without asking says whose page it is.
#[actix_web::test]
async fn a_login_from_another_sites_page_signs_nobody_in() {
    let (simulator, proxy) = simulated().await;
    let code = simulator.issue_code(APPID, "laozhou", Base);
    let ask = async |method: &str, site: &str| {
        let headers = [JSON, ("Sec-Fetch-Site", site)];
        let line = format!("{method} /api/session");
        proxy.send(&line, &headers, login(&code)).await
    };
    let foreign = ask("POST", "cross-site").await;
    foreign.error(403, Forbidden).await;
    assert_eq!(proxy.current_session().await, None);
    assert!(simulator.requests().is_empty(), "the code was spent");
    // An address typed, the app beside its API, and the app: each is ours.
    for site in ["none", "same-site", "same-origin"] {
        assert_eq!(ask("POST", site).await.status(), 200, "{site}");
    }
    let foreign = ask("DELETE", "cross-site").await;
    foreign.error(403, Forbidden).await;
    assert!(proxy.current_session().await.is_some(), "signed out");
}

/// A user with a record.
async fn with_record() -> (TestProxy, Caller) {
    let (proxy, user) = proxy_and_user().await;
    assert_eq!(user.put(ORDER, "1").await.status(), 201);
    (proxy, user)
}

async fn assert_untouched(user: &Caller) {
    assert_eq!(user.get(ORDER).await.record(200).await.value, 1);
}

#[actix_web::test]
async fn a_page_of_another_site_writes_and_deletes_no_record() {
    let (_proxy, user) = with_record().await;
    let put = format!("PUT {ORDER}");
    for content_type in UNASKED_FOR {
        let answer = send(&user, &put, content_type, "2").await;
        answer.error(415, InvalidRequest).await;
    }
    for line in [put, format!("DELETE {ORDER}")] {
        for origin in ["https://evil.example", "null"] {
            let headers = [JSON, ("Origin", origin), ("Sec-Fetch-Site", "cross-site")];
            let answer = user.send(&line, &headers, "2").await;
            answer.error(403, Forbidden).await;
        }
    }
    assert_untouched(&user).await;
}

/// A form knows GET and POST; some frameworks let it ask for more.
#[actix_web::test]
async fn a_post_that_claims_to_be_another_method_is_a_post() {
    let (_proxy, user) = with_record().await;
    for name in [
        "X-HTTP-Method-Override",
        "X-HTTP-Method",
        "X-Method-Override",
        "_method",
    ] {
        for method in ["DELETE", "PUT"] {
            let form = ("Content-Type", "application/x-www-form-urlencoded");
            for query in [String::new(), format!("?_method={method}")] {
                let line = format!("POST {ORDER}{query}");
                let body = format!("_method={method}");
                let answer = user.send(&line, &[(name, method), form], body).await;
                answer.error(405, InvalidRequest).await;
            }
        }
        let answer = user.ask(&format!("GET {ORDER}"), &[(name, "DELETE")]).await;
        assert_eq!(answer.status(), 200);
    }
    assert_untouched(&user).await;
}

/// An address in an `<img>` or a link is a GET: none of ours changes anything.
#[actix_web::test]
async fn no_link_changes_anything() {
    let (upstream, proxy) = scripted([]).await;
    let user = user(&proxy, "shop", OPENID, None).await;
    assert_eq!(user.put(ORDER, "1").await.status(), 201);
    let body = login("code").replace('"', "%22").replace('#', "%23");
    for path in [
        "/api/session?code=code&state=1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        &format!("/api/session?account=shop&code=code&verifier={VERIFIER}"),
        &format!("/api/session?{body}"),
        "/api/session?_method=DELETE",
        &format!("{ORDER}?value=2&_method=PUT"),
        "/api/bootstrap?code=code&state=1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ] {
        let answer = user.get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert!(!answer.has("set-cookie"), "{path}");
    }
    assert_untouched(&user).await;
    assert!(upstream.targets().is_empty());
}
