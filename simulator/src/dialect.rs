//! How WeChat's server API speaks: HTTP 200 whatever happened, JSON that calls itself `text/plain` without a charset,
//! slashes escaped, a request id at the end of every error text.
//!
//! Developers report all of it; clients that trust the status or the content type break on it.

use std::io;

use actix_web::HttpResponse;
use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};

use crate::platform::UserInfo;

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

/// What an answer calls itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// `/sns/*`: `text/plain` without a charset.
    Sns,
    /// `/cgi-bin/*`: JSON with a parameter `encoding` that does not exist.
    CgiBin,
}

impl Family {
    /// Which one an address belongs to.
    pub(crate) fn of(path: &str) -> Self {
        if path.starts_with("/cgi-bin/") {
            Self::CgiBin
        } else {
            Self::Sns
        }
    }

    /// The value of `Content-Type`.
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Sns => "text/plain",
            Self::CgiBin => "application/json; encoding=utf-8",
        }
    }

    /// What stands between the words of an error and its request id. Answers that developers pasted differ by family.
    const fn before_rid(self) -> &'static str {
        match self {
            Self::Sns => ", rid: ",
            Self::CgiBin => " rid: ",
        }
    }
}

/// The body of an answer: UTF-8, but for a name that is broken.
pub(crate) type Body = Vec<u8>;

/// A name and a picture.
pub(crate) fn user_info(info: &UserInfo) -> Body {
    let mut body = json(info);
    if info.broken_name {
        break_off(&mut body, &info.nickname);
    }
    body
}

/// Lets the name end in the first two of a character's three bytes, as a name does that was cut by bytes.
fn break_off(body: &mut Body, nickname: &str) {
    let name = [&b"\"nickname\":"[..], &json(&nickname)].concat();
    let start = body.windows(name.len()).position(|window| window == name);
    let quote = start.and_then(|start| start.checked_add(name.len())?.checked_sub(1));
    if let Some(quote) = quote {
        body.splice(quote..quote, [0xE6, 0x98]);
    }
}

/// The only answer that has an errcode and is none.
pub(crate) fn ok() -> Body {
    json(&ErrorBody {
        errcode: 0,
        errmsg: "ok",
    })
}

/// An error. `rid` is a fresh request id.
pub(crate) fn error(family: Family, errcode: i64, errmsg: &str, rid: &str) -> Body {
    json(&ErrorBody {
        errcode,
        errmsg: &format!("{errmsg}{}{rid}", family.before_rid()),
    })
}

/// An error whose number is a string and whose request id stands apart.
pub(crate) fn string_error(errcode: i64, errmsg: &str, rid: &str) -> Body {
    json(&StringErrorBody {
        errcode: errcode.to_string(),
        errmsg,
        rid,
    })
}

/// An answer as it leaves WeChat.
pub(crate) fn answer(family: Family, body: Body) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(family.content_type())
        .body(body)
}

/// JSON with `/` written as `\/`. A slash occurs in JSON only inside strings, where the escape means the same.
pub(crate) fn json(body: &impl Serialize) -> Body {
    let mut json = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut json, RawControls);
    // Structs of plain fields always serialise; should that ever change, a broken body shows it at once.
    if body.serialize(&mut serializer).is_err() {
        json.clear();
    }
    String::from_utf8_lossy(&json).replace('/', "\\/").into()
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
        for (family, body) in [
            (
                Family::Sns,
                r#"{"errcode":40029,"errmsg":"invalid code, rid: 1-2-3"}"#,
            ),
            (
                Family::CgiBin,
                r#"{"errcode":40029,"errmsg":"invalid code rid: 1-2-3"}"#,
            ),
        ] {
            let error = error(family, 40029, "invalid code", "1-2-3");
            assert_eq!(String::from_utf8(error).unwrap(), body);
        }
    }

    #[test]
    fn a_broken_name_ends_in_half_a_character_and_the_json_goes_on() {
        for nickname in ["", "残缺", "a\"\\/"] {
            let mut info = UserInfo::default();
            (info.nickname, info.broken_name) = (nickname.into(), true);
            let body = user_info(&info);
            assert!(String::from_utf8(body.clone()).is_err());
            let text = String::from_utf8_lossy(&body);
            let read: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(read["nickname"], format!("{nickname}\u{FFFD}"));
        }
    }

    #[test]
    fn slashes_are_escaped_and_unicode_and_control_characters_are_not() {
        for (text, escaped) in [
            ("http://h/p", "\"http:\\/\\/h\\/p\""),
            ("茶\u{E415}🌸", "\"茶\u{E415}🌸\""),
            ("a\"\\", "\"a\\\"\\\\\""),
            ("\u{1}a\u{1F}", "\"\u{1}a\u{1F}\""),
            ("\n\t", "\"\\n\\t\""),
            ("\\u0001\"", "\"\\\\u0001\\\"\""),
        ] {
            assert_eq!(String::from_utf8(json(&text)).unwrap(), escaped);
        }
    }
}
