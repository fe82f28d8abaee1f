//! How WeChat's server API speaks: HTTP 200 whatever happened, JSON that calls itself `text/plain` without a charset,
//! slashes escaped, a request id at the end of every error text.
//!
//! Developers report all of it; clients that trust the status or the content type break on it.

use std::io;

use actix_web::HttpResponse;
use serde::Serialize;
use serde_json::json;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, Serializer};
use wechat_oauth::answer::ErrorFields;

/// The body of an answer: UTF-8, but for a name that is broken.
pub(crate) type Body = Vec<u8>;

/// An answer as it leaves WeChat: `/cgi-bin/*` names a parameter `encoding` that does not exist, `/sns/*` no charset.
pub(crate) fn answer(path: &str, body: Body) -> HttpResponse {
    let content_type = match is_cgi_bin(path) {
        true => "application/json; encoding=utf-8",
        false => "text/plain",
    };
    HttpResponse::Ok().content_type(content_type).body(body)
}

/// An error. `rid` is a fresh request id; what joins it to the words differs in answers that developers pasted.
pub(crate) fn error(path: &str, errcode: i64, errmsg: &str, rid: &str) -> Body {
    let joint = if is_cgi_bin(path) { " " } else { ", " };
    let errmsg = format!("{errmsg}{joint}rid: {rid}");
    let errmsg = &errmsg;
    body(&ErrorFields { errcode, errmsg })
}

/// An error whose number is a string and whose request id stands apart: one developer pasted such an answer.
pub(crate) fn string_error(errcode: i64, errmsg: &str, rid: &str) -> Body {
    // Its order of fields was the alphabet's.
    body(&json!({ "errcode": errcode.to_string(), "errmsg": errmsg, "rid": rid }))
}

fn is_cgi_bin(path: &str) -> bool {
    path.starts_with("/cgi-bin/")
}

/// JSON with `/` written as `\/`. A slash occurs in JSON only inside strings, where the escape means the same.
pub(crate) fn body(fields: &impl Serialize) -> Body {
    let mut json = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut json, RawControls);
    // Plain fields always serialise; should that ever change, a broken body shows it at once.
    if fields.serialize(&mut serializer).is_err() {
        json.clear();
    }
    String::from_utf8_lossy(&json).replace('/', "\\/").into()
}

/// Lets the name end in the first two of a character's three bytes, as a name does that was cut by bytes.
pub(crate) fn break_name(mut body: Body) -> Body {
    // Whatever the name is, behind it stands a field that does not change.
    let end = body.windows(8).position(|window| window == b"\",\"sex\":");
    if let Some(end) = end {
        body.splice(end..end, [0xE6, 0x98]);
    }
    body
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
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_broken_name_ends_in_half_a_character_and_the_json_goes_on() {
        for nickname in ["", "残缺", "a\"\\/", "\",\"sex\":"] {
            let body = break_name(body(&json!({ "nickname": nickname, "sex": 0 })));
            assert!(String::from_utf8(body.clone()).is_err());
            let read: Value = serde_json::from_str(&String::from_utf8_lossy(&body)).unwrap();
            assert_eq!(read["nickname"], format!("{nickname}\u{FFFD}"));
        }
    }
}
