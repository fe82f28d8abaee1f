//! What somebody writes into the headers himself.

use super::site::{Site, behind_both, true_headers, user, user_without_unionid};
use crate::support::*;

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

/// What both kinds of users send arrives with these headers as if without them.
async fn assert_truth_arrives(site: &Site, line: &str, headers: &[(&str, &str)]) {
    for session in [user(), user_without_unionid()] {
        let response = site.ask_as(&session, line, headers).await;
        assert_eq!(response.status(), 200, "{}", response.string().await);
        let seen = site.backend.take_one();
        assert_eq!(seen.wechat_headers(), true_headers(&session));
    }
}

#[actix_web::test]
async fn a_forged_header_of_somebody_signed_in_does_not_arrive() {
    behind_both(async |site| {
        for name in spellings() {
            assert_truth_arrives(&site, "GET /backend/orders", &[(&name, FORGED)]).await;
        }
    })
    .await;
}

#[actix_web::test]
async fn many_of_them_at_once_and_doubled_do_not_arrive() {
    behind_both(async |site| {
        let names = [spellings(), spellings()].concat();
        let headers: Vec<_> = names.iter().map(|name| (name.as_str(), FORGED)).collect();
        // actix reads 96 headers at most.
        for headers in headers.chunks(80) {
            assert_truth_arrives(&site, "POST /backend/orders", headers).await;
        }
    })
    .await;
}

#[actix_web::test]
async fn a_forged_header_of_somebody_not_signed_in_reaches_nobody() {
    behind_both(async |site| {
        for name in spellings() {
            let response = site.ask("GET /backend/orders", &[(&name, FORGED)]).await;
            assert_eq!(response.status(), 401, "{name}");
        }
        assert!(site.backend.take().is_empty());
    })
    .await;
}

#[actix_web::test]
async fn a_connection_header_cannot_make_the_truth_vanish() {
    behind_both(async |site| {
    // Proxies may drop the headers that `Connection` names. Written by hand: clients do not let one say it.
    let request = format!(
        "GET /backend/orders HTTP/1.1\r\nHost: localhost\r\nCookie: {}\r\n\
         X-Wechat-Unionid: {FORGED}\r\nConnection: close, X-Wechat-Openid, X-Wechat-Unionid, Cookie\r\n\r\n",
        site.cookie(&user())
    );
    let answer = exchange(site.address(), &request).await;
    assert_eq!(status(&answer), 200, "{answer}");
    let seen = site.backend.take_one();
    assert_eq!(seen.wechat_headers(), true_headers(&user()));
    })
    .await;
}

#[actix_web::test]
async fn a_forged_trailer_does_not_arrive() {
    behind_both(async |site| {
        let rest = format!(
            "Cookie: {}\r\nTransfer-Encoding: chunked\r\nTrailer: X-Wechat-Unionid\r\n\r\n\
         5\r\norder\r\n0\r\nX-Wechat-Unionid: {FORGED}\r\n",
            site.cookie(&user_without_unionid())
        );
        let answer = raw(site.address(), "POST /backend/orders", rest).await;
        assert_eq!(status(&answer), 200, "{answer}");
        let seen = site.backend.take_one();
        assert_eq!(seen.wechat_headers(), true_headers(&user_without_unionid()));
        assert_eq!(seen.body, "order");
    })
    .await;
}

#[actix_web::test]
async fn a_folded_or_spaced_header_does_not_arrive() {
    behind_both(async |site| {
        for forged in [
            format!("X-Other: a\r\n X-Wechat-Unionid: {FORGED}"),
            format!("X-Wechat-Unionid : {FORGED}"),
            format!("X-Wechat-Unionid\t: {FORGED}"),
            format!("X-Other: a\nX-Wechat-Unionid: {FORGED}"),
            format!("X-Other: a\rX-Wechat-Unionid: {FORGED}"),
        ] {
            let cookie = site.cookie(&user_without_unionid());
            let lines = format!("Cookie: {cookie}\r\n{forged}\r\n");
            let answer = raw(site.address(), "GET /backend/orders", lines).await;
            // Refused or passed without it, as this nginx likes.
            for seen in site.backend.take() {
                let truth = true_headers(&user_without_unionid());
                assert_eq!(seen.wechat_headers(), truth, "{forged:?}: {answer}");
            }
        }
    })
    .await;
}
