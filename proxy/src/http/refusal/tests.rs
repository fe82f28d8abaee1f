//! Which status and code each reason has, and what the caller is not told.

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
fn every_reason_has_its_status_and_code() {
    let endpoint = Endpoint::AccessToken;
    let lost = wechat::Error::Transport {
        endpoint,
        cause: "reset".into(),
    };
    let table = [
        (refused(40029), 410, "code_expired"),
        (refused(40163), 409, "code_used"),
        (refused(45011), 429, "rate_limited"),
        (refused(-1), 503, "wechat_unavailable"),
        (refused(40125), 502, "refused_by_wechat"),
        (Refusal::Wechat(lost), 503, "wechat_unavailable"),
        (limited(Limit::Exchanges), 429, "rate_limited"),
        (Refusal::busy("too many"), 503, "internal"),
        (Refusal::Ending, 503, "internal"),
        (Refusal::BodyTooSlow, 408, "invalid_request"),
        (Refusal::OtherVerifier, 409, "code_used"),
        (Refusal::UnknownAccount, 400, "invalid_request"),
        (Refusal::Door(Door::NoApplication), 400, "wrong_application"),
        (Refusal::Door(Door::ForeignCode), 400, "wrong_application"),
        (Refusal::Door(Door::ForeignAddress), 400, "foreign_address"),
        (Refusal::Door(Door::ScanExpired), 410, "scan_expired"),
        (Refusal::Door(Door::ScanCodeExpired), 410, "code_expired"),
        (Refusal::MalformedCode, 400, "invalid_request"),
        (Refusal::MalformedVerifier, 400, "invalid_request"),
        (Refusal::MalformedBody, 400, "invalid_request"),
        (Refusal::NotJson, 415, "invalid_request"),
        (
            Refusal::BodyTooLarge { most_bytes: 4096 },
            413,
            "invalid_request",
        ),
        (Refusal::ForeignPath, 400, "invalid_request"),
        (Refusal::MalformedReport, 400, "invalid_request"),
        (Refusal::NotSignedIn, 401, "unauthorized"),
        (Refusal::MalformedQuery, 400, "invalid_request"),
        (Refusal::MalformedCursor, 400, "invalid_request"),
        (Refusal::MalformedRecordName, 400, "invalid_request"),
        (
            Refusal::MalformedValue(InvalidJson::TooDeep),
            400,
            "invalid_request",
        ),
        (Refusal::MalformedPrecondition, 400, "invalid_request"),
        (Refusal::PreconditionFailed, 412, "precondition_failed"),
        (Refusal::SnapshotGuest, 403, "forbidden"),
        (Refusal::KindOfBackends, 403, "forbidden"),
        (Refusal::CrossSite, 403, "forbidden"),
        (Refusal::NoServiceKey, 401, "unauthorized"),
        (Refusal::UnknownServiceAccount, 404, "not_found"),
        (Refusal::MalformedUser, 400, "invalid_request"),
        (Refusal::UnknownUser, 404, "not_found"),
        (Refusal::NotFound, 404, "not_found"),
        (
            Refusal::MethodNotAllowed {
                allow: HeaderValue::from_static("GET"),
            },
            405,
            "invalid_request",
        ),
        (
            Refusal::Framework(StatusCode::EXPECTATION_FAILED),
            417,
            "invalid_request",
        ),
        (
            Refusal::Framework(StatusCode::NOT_IMPLEMENTED),
            501,
            "internal",
        ),
        (Refusal::internal("cause"), 500, "internal"),
    ];
    for (error, status, code) in table {
        assert_eq!(error.status_code().as_u16(), status, "{error:?}");
        let written = serde_json::to_value(error.code()).unwrap();
        assert_eq!(written, code, "{error:?}");
    }
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
