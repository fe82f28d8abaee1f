//! What somebody writes into the headers himself.

use api_types::Session;
use reqwest::{Method, RequestBuilder};

use crate::forward_auth::site::{APPID, OPENID, Site, UNIONID, user, user_without_unionid};
use crate::wire::exchange;

/// What the victim of a forgery would be called.
const FORGED: &str = "oForgedForgedForgedForgedFor";

const WORDS: [&str; 4] = ["Account", "Appid", "Openid", "Unionid"];

/// Every way to write the names that some server reads as ours: they are the same to CGI and all that took after it.
fn spellings() -> Vec<String> {
    let mut all = Vec::new();
    for word in WORDS {
        for first in ['-', '_', '.'] {
            for second in ['-', '_', '.'] {
                let name = format!("X{first}Wechat{second}{word}");
                all.extend([name.to_lowercase(), name.to_uppercase(), name]);
            }
        }
    }
    all
}

/// What the backend has to see of a user, and nothing else.
fn true_headers(session: &Session) -> Vec<(&'static str, &'static str)> {
    let mut headers = vec![
        ("x-wechat-account", "shop"),
        ("x-wechat-appid", APPID),
        ("x-wechat-openid", OPENID),
    ];
    if session.unionid.is_some() {
        headers.push(("x-wechat-unionid", UNIONID));
    }
    headers
}

async fn assert_backend_sees_only_the_truth(
    site: &Site,
    session: &Session,
    request: RequestBuilder,
) {
    let response = request.send().await.unwrap();
    let status = response.status();
    assert_eq!(status, 200, "{}", response.text().await.unwrap());
    assert_eq!(
        site.backend.take_one().wechat_headers(),
        true_headers(session)
    );
}

#[actix_web::test]
async fn a_forged_header_of_somebody_signed_in_does_not_arrive() {
    let site = Site::start().await;
    for session in [user(), user_without_unionid()] {
        for name in spellings() {
            let request = site.request_of(&session, Method::GET, "/backend/orders");
            let request = request.header(&name, FORGED);
            assert_backend_sees_only_the_truth(&site, &session, request).await;
        }
    }
}

#[actix_web::test]
async fn all_of_them_at_once_and_doubled_do_not_arrive() {
    let site = Site::start().await;
    for session in [user(), user_without_unionid()] {
        let mut request = site.request_of(&session, Method::POST, "/backend/orders");
        for name in spellings().iter().chain(&spellings()) {
            request = request.header(name, FORGED);
        }
        assert_backend_sees_only_the_truth(&site, &session, request).await;
    }
}

#[actix_web::test]
async fn a_forged_header_of_somebody_not_signed_in_reaches_nobody() {
    let site = Site::start().await;
    for name in spellings() {
        let request = site.request(Method::GET, "/backend/orders");
        let response = request.header(&name, FORGED).send().await.unwrap();
        assert_eq!(response.status(), 401, "{name}");
    }
    assert!(site.backend.take().is_empty());
}

#[actix_web::test]
async fn a_connection_header_cannot_make_the_truth_vanish() {
    let site = Site::start().await;
    // Proxies may drop the headers that `Connection` names. Written by hand: clients do not let one say it.
    let request = format!(
        "GET /backend/orders HTTP/1.1\r\nHost: site\r\nCookie: {}\r\n\
         X-Wechat-Unionid: {FORGED}\r\nConnection: close, X-Wechat-Openid, X-Wechat-Unionid, Cookie\r\n\r\n",
        site.cookie(&user())
    );
    assert!(
        exchange(site.address(), &request)
            .await
            .starts_with("HTTP/1.1 200 ")
    );
    assert_eq!(
        site.backend.take_one().wechat_headers(),
        true_headers(&user())
    );
}

#[actix_web::test]
async fn a_forged_trailer_does_not_arrive() {
    let site = Site::start().await;
    let request = format!(
        "POST /backend/orders HTTP/1.1\r\nHost: site\r\nCookie: {}\r\nConnection: close\r\n\
         Transfer-Encoding: chunked\r\nTrailer: X-Wechat-Unionid\r\n\r\n\
         5\r\norder\r\n0\r\nX-Wechat-Unionid: {FORGED}\r\n\r\n",
        site.cookie(&user_without_unionid())
    );
    assert!(
        exchange(site.address(), &request)
            .await
            .starts_with("HTTP/1.1 200 ")
    );
    let seen = site.backend.take_one();
    assert_eq!(seen.wechat_headers(), true_headers(&user_without_unionid()));
    assert_eq!(seen.body, "order");
}

#[actix_web::test]
async fn a_folded_or_spaced_header_does_not_arrive() {
    let site = Site::start().await;
    for forged in [
        format!("X-Other: a\r\n X-Wechat-Unionid: {FORGED}"),
        format!("X-Wechat-Unionid : {FORGED}"),
        format!("X-Wechat-Unionid\t: {FORGED}"),
        format!("X-Other: a\nX-Wechat-Unionid: {FORGED}"),
        format!("X-Other: a\rX-Wechat-Unionid: {FORGED}"),
    ] {
        let request = format!(
            "GET /backend/orders HTTP/1.1\r\nHost: site\r\nCookie: {}\r\nConnection: close\r\n{forged}\r\n\r\n",
            site.cookie(&user_without_unionid())
        );
        let answer = exchange(site.address(), &request).await;
        // Refused or passed without it, as this nginx likes.
        for seen in site.backend.take() {
            let truth = true_headers(&user_without_unionid());
            assert_eq!(seen.wechat_headers(), truth, "{forged:?}: {answer}");
        }
    }
}
