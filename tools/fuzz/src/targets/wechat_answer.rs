//! Whatever comes from WeChat's host, an answer is usable or refused, and a refusal quotes nothing of it.

use reqwest::Url;
use serde_json::{Map, Value};
use wechat_oauth::{Error, Grant, OpenId, UserInfo};

/// A body.
pub(super) fn run(input: &[u8]) {
    let openid = OpenId::parse("oABCdefGHIjklMNOpqrSTUvwxYZ0").unwrap();
    let second: Option<Map<String, Value>> = serde_json::from_slice(input).ok();

    match Grant::from_body(input) {
        Ok(grant) => {
            if let Some(answer) = &second {
                assert_eq!(answer.get("openid"), Some(&grant.openid.expose().into()));
                assert_eq!(
                    answer.get("access_token"),
                    Some(&grant.token.expose().into())
                );
                if let Some(unionid) = grant.unionid {
                    assert_eq!(answer.get("unionid"), Some(&unionid.expose().into()));
                }
            }
        }
        Err(error) => check_error(&error, second.as_ref()),
    }
    match UserInfo::from_body(input, &openid) {
        Ok(info) => {
            let nickname = &info.nickname;
            assert!(nickname.chars().count() <= 128 && !nickname.chars().any(char::is_control));
            check_picture(&info.headimgurl, &openid);
            if let Some(Value::String(named)) = second.as_ref().and_then(|it| it.get("openid")) {
                assert!(
                    named.is_empty() || named == openid.expose(),
                    "somebody else's name"
                );
            }
        }
        Err(error) => check_error(&error, second.as_ref()),
    }
}

/// An address fit for a page of https, and still the same when it is read again.
fn check_picture(address: &str, openid: &OpenId) {
    if address.is_empty() {
        return;
    }
    assert!(address.len() <= 1024 && address.bytes().all(|it| it.is_ascii_graphic()));
    let url = Url::parse(address).unwrap();
    let is_loopback = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    assert!(url.scheme() == "https" || (url.scheme() == "http" && is_loopback));
    assert_eq!((url.username(), url.password()), ("", None));
    let body = serde_json::json!({ "headimgurl": address }).to_string();
    let again = UserInfo::from_body(body.as_bytes(), openid).unwrap();
    assert_eq!(again.headimgurl, address);
}

/// Only our own words, a number, and an id of three groups of eight hexadecimal digits.
fn check_error(error: &Error, answer: Option<&Map<String, Value>>) {
    match error {
        Error::Refused { errcode, rid, .. } => {
            assert_ne!(*errcode, 0, "no error at all");
            if let Some(errcode_sent) = answer
                .and_then(|it| it.get("errcode"))
                .and_then(Value::as_i64)
            {
                assert_eq!(*errcode, errcode_sent);
            }
            if let Some(rid) = rid {
                assert!(
                    rid.len() == 26 && rid.bytes().all(|it| it.is_ascii_hexdigit() || it == b'-')
                );
            }
        }
        Error::Unusable { reason, .. } => assert!(reason.len() < 40),
        Error::NotSent { .. } | Error::Transport { .. } | Error::Status { .. } => {
            panic!("a body is neither sent nor lost: {error}")
        }
    }
}
