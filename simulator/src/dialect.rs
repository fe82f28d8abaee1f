//! How WeChat's server API speaks: HTTP 200 whatever happened, JSON that calls itself `text/plain` without a charset,
//! slashes escaped, a request id at the end of every error text.
//!
//! Developers report all of it; clients that trust the status or the content type break on it.

use std::io;

use actix_web::HttpResponse;
use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};

use crate::platform::{Exchanged, IssuedAccountToken, UserInfo};

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
    #[serde(skip_serializing_if = "Option::is_none")]
    is_snapshotuser: Option<u8>,
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

/// One developer pasted such an answer.
#[derive(Serialize)]
struct StringErrorBody<'a> {
    errcode: String,
    errmsg: &'a str,
    rid: &'a str,
}

#[derive(Serialize)]
struct AccountTokenBody<'a> {
    access_token: &'a str,
    expires_in: u64,
}

/// What an answer calls itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// `/sns/*`: `text/plain` without a charset.
    Sns,
    /// `/cgi-bin/*`: JSON with a parameter `encoding` that does not exist.
    CgiBin,
}

impl Family {
    /// The value of `Content-Type`.
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Sns => "text/plain",
            Self::CgiBin => "application/json; encoding=utf-8",
        }
    }
}

/// The body of an answer, always UTF-8.
pub(crate) type Body = String;

/// A code was exchanged, or a token refreshed.
pub(crate) fn exchanged(exchanged: &Exchanged) -> Body {
    escaped_json(&AccessTokenBody {
        access_token: &exchanged.access_token,
        expires_in: exchanged.expires_in,
        refresh_token: &exchanged.refresh_token,
        openid: &exchanged.openid,
        scope: exchanged.scope.as_str(),
        unionid: exchanged.unionid.as_deref(),
        is_snapshotuser: exchanged.is_snapshotuser.then_some(1),
    })
}

/// Who somebody is. `origin` is the simulator's own, without a trailing slash.
pub(crate) fn user_info(info: &UserInfo, origin: &str) -> Body {
    let headimgurl = info
        .picture_path
        .as_ref()
        .map(|path| format!("{origin}{path}"))
        .unwrap_or_default();
    escaped_json(&UserInfoBody {
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

/// A token of an account.
pub(crate) fn account_token(issued: &IssuedAccountToken) -> Body {
    escaped_json(&AccountTokenBody {
        access_token: &issued.access_token,
        expires_in: issued.expires_in,
    })
}

/// The only answer that has an errcode and is none.
pub(crate) fn ok() -> Body {
    escaped_json(&ErrorBody {
        errcode: 0,
        errmsg: "ok",
    })
}

/// An error. `rid` is a fresh request id.
pub(crate) fn error(errcode: i64, errmsg: &str, rid: &str) -> Body {
    escaped_json(&ErrorBody {
        errcode,
        errmsg: &format!("{errmsg}, rid: {rid}"),
    })
}

/// An error whose number is a string and whose request id stands apart.
pub(crate) fn string_error(errcode: i64, errmsg: &str, rid: &str) -> Body {
    escaped_json(&StringErrorBody {
        errcode: errcode.to_string(),
        errmsg,
        rid,
    })
}

/// An answer as it leaves WeChat.
pub(crate) fn answer(family: Family, body: impl Into<Vec<u8>>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(family.content_type())
        .body(body.into())
}

/// JSON with `/` written as `\/`. A slash occurs in JSON only inside strings, where the escape means the same.
fn escaped_json(body: &impl Serialize) -> Body {
    let mut json = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut json, RawControls);
    // Structs of plain fields always serialise; should that ever change, a broken body shows it at once.
    if body.serialize(&mut serializer).is_err() {
        json.clear();
    }
    String::from_utf8_lossy(&json).replace('/', "\\/")
}

/// Leaves control characters in strings as they are. It is no JSON then, and clients in wide use read it leniently
/// because names have been seen like that.
struct RawControls;

impl Formatter for RawControls {
    fn write_char_escape<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        match escape {
            CharEscape::AsciiControl(byte) => writer.write_all(&[byte]),
            other => CompactFormatter.write_char_escape(writer, other),
        }
    }
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
            escaped_json(&body),
            r#"{"errcode":40029,"errmsg":"invalid code, rid: 1-2-3"}"#
        );
    }

    #[test]
    fn slashes_are_escaped_and_unicode_is_not() {
        let escaped = escaped_json(&["http://h/p", "茶\u{E415}🌸", "a\"\\"]);
        assert_eq!(
            escaped,
            "[\"http:\\/\\/h\\/p\",\"茶\u{E415}🌸\",\"a\\\"\\\\\"]"
        );
        let back: Vec<String> = serde_json::from_str(&escaped).unwrap();
        assert_eq!(back[0], "http://h/p");
    }

    #[test]
    fn control_characters_are_raw_and_everything_else_is_escaped() {
        assert_eq!(
            escaped_json(&["\u{1}a\u{1F}", "\n\t", "\\u0001\""]),
            "[\"\u{1}a\u{1F}\",\"\\n\\t\",\"\\\\u0001\\\"\"]"
        );
    }
}
