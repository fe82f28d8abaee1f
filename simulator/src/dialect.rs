//! How WeChat's server API speaks: HTTP 200 whatever happened, JSON that calls itself `text/plain` without a charset,
//! slashes escaped, a request id at the end of every error text.
//!
//! Developers report all of it; clients that trust the status or the content type break on it.

use actix_web::HttpResponse;
use serde::Serialize;

use crate::platform::{ApiRefusal, Exchanged, UserInfo};

/// The answer to `GET /sns/oauth2/access_token`, in WeChat's field order.
#[derive(Serialize)]
struct AccessTokenBody<'a> {
    access_token: &'a str,
    expires_in: u64,
    refresh_token: &'a str,
    openid: &'a str,
    scope: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    unionid: Option<&'a str>,
}

/// The answer to `GET /sns/userinfo`, in WeChat's field order.
#[derive(Serialize)]
struct UserInfoBody<'a> {
    openid: &'a str,
    nickname: &'a str,
    // WeChat fills sex and region with nothing since 2021-10-20; language is undocumented but sent.
    sex: u8,
    language: &'static str,
    city: &'static str,
    province: &'static str,
    country: &'static str,
    headimgurl: &'a str,
    privilege: [&'static str; 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    unionid: Option<&'a str>,
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    errcode: i64,
    errmsg: &'a str,
}

/// A code was exchanged.
pub(crate) fn exchanged(exchanged: &Exchanged) -> HttpResponse {
    answer(&AccessTokenBody {
        access_token: &exchanged.access_token,
        expires_in: exchanged.expires_in,
        refresh_token: &exchanged.refresh_token,
        openid: &exchanged.openid,
        scope: exchanged.scope.as_str(),
        unionid: exchanged.unionid.as_deref(),
    })
}

/// Who somebody is. `origin` is the simulator's own, without a trailing slash.
pub(crate) fn user_info(info: &UserInfo, origin: &str) -> HttpResponse {
    let headimgurl = info
        .picture_path
        .as_ref()
        .map(|path| format!("{origin}{path}"))
        .unwrap_or_default();
    answer(&UserInfoBody {
        openid: &info.openid,
        nickname: &info.nickname,
        sex: 0,
        language: "",
        city: "",
        province: "",
        country: "",
        headimgurl: &headimgurl,
        privilege: [],
        unionid: info.unionid.as_deref(),
    })
}

/// A refusal. `rid` is a fresh request id.
pub(crate) fn refused(refusal: ApiRefusal, rid: &str) -> HttpResponse {
    answer(&ErrorBody {
        errcode: refusal.errcode(),
        errmsg: &format!("{}, rid: {rid}", refusal.errmsg()),
    })
}

fn answer(body: &impl Serialize) -> HttpResponse {
    match escaped_json(body) {
        Ok(json) => HttpResponse::Ok().content_type("text/plain").body(json),
        // Plain text fields always serialise; should that ever change, a 500 shows it at once.
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

/// JSON with `/` written as `\/`. A slash occurs in JSON only inside strings, where the escape means the same.
fn escaped_json(body: &impl Serialize) -> serde_json::Result<String> {
    Ok(serde_json::to_string(body)?.replace('/', "\\/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_reads_as_wechats_do() {
        let body = ErrorBody {
            errcode: 40029,
            errmsg: "invalid code, rid: 1-2-3",
        };
        assert_eq!(
            escaped_json(&body).unwrap(),
            r#"{"errcode":40029,"errmsg":"invalid code, rid: 1-2-3"}"#
        );
    }

    #[test]
    fn slashes_are_escaped_and_unicode_is_not() {
        let escaped = escaped_json(&["http://h/p", "茶\u{E415}🌸", "a\"\\"]).unwrap();
        assert_eq!(
            escaped,
            "[\"http:\\/\\/h\\/p\",\"茶\u{E415}🌸\",\"a\\\"\\\\\"]"
        );
        let back: Vec<String> = serde_json::from_str(&escaped).unwrap();
        assert_eq!(back[0], "http://h/p");
    }
}
