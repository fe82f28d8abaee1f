//! Which status and code each reason has, and what the caller is not told.

mod documented;

use std::time::Duration;

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};

use super::*;
use crate::login::rate_limit::Limit;
use wechat_oauth::Endpoint;

fn refused(errcode: i64) -> Refusal {
    Refusal::Wechat(wechat::Error::Refused {
        endpoint: Endpoint::AccessToken,
        errcode,
        rid: Some("6206378a-793424c0-2e4091cc".to_owned()),
    })
}

fn limited(limit: Limit) -> Refusal {
    Refusal::RateLimited(RateLimited {
        limit,
        retry_after: Duration::from_millis(1500),
    })
}

#[test]
fn a_refusal_names_errcode_and_rid_and_what_to_do() {
    let error = refused(40125);
    let wechat = error.wechat().unwrap();
    assert_eq!(wechat.errcode, 40125);
    assert_eq!(wechat.rid.as_deref(), Some("6206378a-793424c0-2e4091cc"));
    let english = error.to_string();
    assert!(
        english.contains("does not accept the AppSecret"),
        "{english}"
    );
    let Refusal::Wechat(refused) = &error else {
        panic!("another refusal");
    };
    let chinese = words::of_wechat(refused, Language::Chinese);
    assert!(chinese.contains("AppSecret 与该 appid 不符"), "{chinese}");
}

#[test]
fn the_language_is_the_one_that_is_wanted_most() {
    let table: [(&[&[u8]], Language); 12] = [
        (&[], Language::English),
        (&[b"zh-CN,zh;q=0.9,en;q=0.8"], Language::Chinese),
        (&[b"zh"], Language::Chinese),
        (&[b"ZH-hant"], Language::Chinese),
        (&[b"en;q=0.8, zh-CN"], Language::Chinese),
        (&[b"en;q=0.8", b"zh-TW;q=0.9"], Language::Chinese),
        (&[b"\xd6\xd0\xce\xc4;q=0.1, zh"], Language::Chinese),
        (&[b"en, zh"], Language::English),
        (&[b"zh;q=0.8, en"], Language::English),
        (&[b"zh;q=0"], Language::English),
        (&[b"zho"], Language::English),
        (&[b"*"], Language::English),
    ];
    for (lines, expected) in table {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(ACCEPT_LANGUAGE, HeaderValue::from_bytes(line).unwrap());
        }
        assert_eq!(Language::of(&headers), expected, "{headers:?}");
    }
}

#[test]
fn the_cause_of_an_internal_error_stays_inside() {
    let error = Refusal::internal("disk full");
    assert!(!error.to_string().contains("disk full"));
    assert_eq!(error.cause().as_deref(), Some("disk full"));
}

#[test]
fn whoever_has_to_wait_is_told_how_long_and_why() {
    for (limit, word) in [
        (Limit::ExchangesOfClient, "from this address"),
        (Limit::Exchanges, "too many logins"),
        (Limit::WritesOfUser, "This user"),
        (Limit::Wechat, "WeChat's limit"),
    ] {
        let error = limited(limit);
        let text = error.to_string();
        assert!(text.contains(word) && text.contains("Wait 2 s"), "{text}");
        let response = error.response("0123456789abcdef", Language::English);
        assert_eq!(response.headers().get(RETRY_AFTER).unwrap(), "2");
    }
    let busy = Refusal::busy("too many").response("0123456789abcdef", Language::English);
    assert_eq!(busy.headers().get(RETRY_AFTER).unwrap(), "1");
}

#[test]
fn the_log_says_what_there_is_too_much_of() {
    let error = Refusal::from(store::Error::from(sqlx::Error::PoolTimedOut));
    assert_eq!(error.status_code(), 503);
    let cause = error.cause().unwrap_or_default();
    assert!(cause.starts_with("database: "), "{cause:?}");
}

/// All others are looked at where they are met, by requests.
#[test]
fn what_the_framework_refuses_keeps_its_status() {
    for (status, code) in [
        (StatusCode::EXPECTATION_FAILED, ErrorCode::InvalidRequest),
        (StatusCode::NOT_IMPLEMENTED, ErrorCode::Internal),
    ] {
        let refusal = Refusal::Framework(status);
        assert_eq!((refusal.status_code(), refusal.code()), (status, code));
    }
}
