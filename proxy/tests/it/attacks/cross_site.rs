//! What a page of another site can make a visitor's browser send: forms, and requests no permission is asked for.

use api_types::ErrorCode;
use reqwest::{Method, Response};
use serde_json::json;
use wechat_simulator::{GrantedScope, Simulator};

use crate::helpers::{APPID, OPENID, TestProxy, VERIFIER, error_of};
use crate::people::{self, Caller};
use crate::upstream::Upstream;

const ORDER: &str = "/api/records/order/1";

/// Everything a browser sends without asking beforehand, and no content type at all.
const UNASKED_FOR: [Option<&str>; 9] = [
    None,
    Some(""),
    Some("text/plain"),
    Some("text/plain; charset=utf-8"),
    Some("text/plain;application/json"),
    Some("text/plain, application/json"),
    Some("application/x-www-form-urlencoded"),
    Some("application/x-www-form-urlencoded; boundary=application/json"),
    Some("multipart/form-data; boundary=application/json"),
];

fn login(code: &str) -> String {
    json!({ "account": "shop", "code": code, "verifier": VERIFIER }).to_string()
}

/// As the attacker's page has the browser send it.
async fn post(proxy: &TestProxy, content_type: Option<&str>, body: String) -> Response {
    let request = proxy.request(Method::POST, "/api/session").body(body);
    let request = request.header("Origin", "https://evil.example");
    let request = match content_type {
        Some(content_type) => request.header("Content-Type", content_type),
        None => request,
    };
    request.send().await.unwrap()
}

#[actix_web::test]
async fn a_form_with_the_attackers_code_signs_nobody_in() {
    let upstream = Upstream::start([]).await;
    let proxy = TestProxy::start(&upstream.base_url()).await;
    for content_type in UNASKED_FOR {
        // A form's text can be JSON: `name={"a":"` and `value="}`.
        for body in [login("code"), format!("{}=", login("code"))] {
            let answer = post(&proxy, content_type, body).await;
            error_of(answer, 415, ErrorCode::InvalidRequest).await;
        }
    }
    assert_eq!(proxy.current_session().await, None);
    assert!(upstream.targets().is_empty(), "the code was sent to WeChat");
}

/// Even a browser that sends JSON of another site without asking says whose page it is.
#[actix_web::test]
async fn a_login_from_another_sites_page_signs_nobody_in() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = TestProxy::start(&simulator.base_url()).await;
    let code = simulator.issue_code(APPID, "laozhou", GrantedScope::Base);
    let request = |site: &str| {
        let request = proxy
            .request(Method::POST, "/api/session")
            .body(login(&code));
        let request = request.header("Content-Type", "application/json");
        request.header("Sec-Fetch-Site", site).send()
    };
    let answer = request("cross-site").await.unwrap();
    error_of(answer, 403, ErrorCode::Forbidden).await;
    assert_eq!(proxy.current_session().await, None);
    assert!(simulator.requests().is_empty(), "the code was spent");
    // An address typed, the app beside its API, and the app: each is ours.
    for site in ["none", "same-site", "same-origin"] {
        assert_eq!(request(site).await.unwrap().status(), 200, "{site}");
    }
    let answer = proxy.request(Method::DELETE, "/api/session");
    let answer = answer.header("Sec-Fetch-Site", "cross-site").send().await;
    error_of(answer.unwrap(), 403, ErrorCode::Forbidden).await;
    assert!(proxy.current_session().await.is_some(), "signed out");
}

async fn assert_untouched(user: &Caller) {
    let record = user.get(ORDER).await;
    assert_eq!(people::record_of(record, 200).await.value, 1);
}

#[actix_web::test]
async fn a_page_of_another_site_writes_and_deletes_no_record() {
    let proxy = people::proxy().await;
    let user = people::user(&proxy, "shop", OPENID, None).await;
    assert_eq!(user.put(ORDER, "1").await.status(), 201);
    for content_type in UNASKED_FOR {
        let request = user.request(Method::PUT, ORDER).body("2");
        let request = match content_type {
            Some(content_type) => request.header("Content-Type", content_type),
            None => request,
        };
        let answer = request.send().await.unwrap();
        error_of(answer, 415, ErrorCode::InvalidRequest).await;
    }
    for method in [Method::PUT, Method::DELETE] {
        for origin in ["https://evil.example", "null"] {
            let request = user.request(method.clone(), ORDER).body("2");
            let request = request.header("Content-Type", "application/json");
            let request = request.header("Origin", origin);
            let answer = request.header("Sec-Fetch-Site", "cross-site").send().await;
            error_of(answer.unwrap(), 403, ErrorCode::Forbidden).await;
        }
    }
    assert_untouched(&user).await;
}

/// A form knows GET and POST; some frameworks let it ask for more.
#[actix_web::test]
async fn a_post_that_claims_to_be_another_method_is_a_post() {
    let proxy = people::proxy().await;
    let user = people::user(&proxy, "shop", OPENID, None).await;
    assert_eq!(user.put(ORDER, "1").await.status(), 201);
    for name in [
        "X-HTTP-Method-Override",
        "X-HTTP-Method",
        "X-Method-Override",
        "_method",
    ] {
        for method in ["DELETE", "PUT"] {
            for path in [ORDER.to_owned(), format!("{ORDER}?_method={method}")] {
                let request = user.request(Method::POST, &path).header(name, method);
                let request = request.header("Content-Type", "application/x-www-form-urlencoded");
                let answer = request.body(format!("_method={method}")).send().await;
                error_of(answer.unwrap(), 405, ErrorCode::InvalidRequest).await;
            }
        }
        let request = user.request(Method::GET, ORDER).header(name, "DELETE");
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
    assert_untouched(&user).await;
}

/// An address in an `<img>` or a link is a GET: none of ours changes anything.
#[actix_web::test]
async fn no_link_changes_anything() {
    let upstream = Upstream::start([]).await;
    let proxy = TestProxy::start(&upstream.base_url()).await;
    let user = people::user(&proxy, "shop", OPENID, None).await;
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
        assert!(!answer.headers().contains_key("set-cookie"), "{path}");
    }
    assert_untouched(&user).await;
    assert!(upstream.targets().is_empty());
}
