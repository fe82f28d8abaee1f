//! JSON the way WeChat writes it, an error in it first.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{Endpoint, Error};

/// The fields of a body, unless WeChat reports an error in it.
pub(crate) fn read<T: DeserializeOwned>(endpoint: Endpoint, body: &[u8]) -> Result<T, Error> {
    let answer = object(endpoint, body)?;
    let reason = "fields of other types";
    serde_json::from_value(Value::Object(answer)).map_err(|_| Error::Unusable { endpoint, reason })
}

/// Reads the body of a call that has nothing to say but that all is well, and says so by the errcode 0.
#[cfg(feature = "client")]
pub(crate) fn read_ok(endpoint: Endpoint, body: &[u8]) -> Result<(), Error> {
    let answer = object(endpoint, body)?;
    let reason = "no errcode";
    let is_ok = answer.contains_key("errcode");
    is_ok
        .then_some(())
        .ok_or(Error::Unusable { endpoint, reason })
}

/// The JSON object of a body, unless WeChat reports an error in it.
fn object(endpoint: Endpoint, body: &[u8]) -> Result<Map<String, Value>, Error> {
    let unusable = |reason| Error::Unusable { endpoint, reason };
    let body = String::from_utf8_lossy(body);
    let body = body.trim_start_matches('\u{feff}').trim();
    if body.is_empty() {
        return Err(unusable("empty body"));
    }
    let Some(Value::Object(answer)) = parse(body) else {
        return Err(unusable("not a JSON object"));
    };
    match answer.get("errcode") {
        None => Ok(answer),
        Some(errcode) => match integer(errcode) {
            Some(0) => Ok(answer),
            Some(errcode) => Err(Error::Refused {
                endpoint,
                errcode,
                rid: rid(&answer),
            }),
            None => Err(unusable("errcode is not a number")),
        },
    }
}

/// Strict JSON first; a nickname with raw control characters or half a surrogate pair is read without them.
fn parse(body: &str) -> Option<Value> {
    serde_json::from_str(body).ok().or_else(|| {
        let cleaned = body.replace(|character: char| character.is_control(), "");
        serde_json::from_str(&without_lone_surrogates(&cleaned)).ok()
    })
}

/// Replaces each `\uD800` to `\uDFFF` that is not one of a pair by the replacement character, which Rust's text can
/// hold. Nicknames cut in the middle of an emoji end in such a half.
fn without_lone_surrogates(json: &str) -> String {
    let mut cleaned = String::with_capacity(json.len());
    let mut rest = json;
    while let Some((before, escape)) = rest.split_once('\\') {
        cleaned.push_str(before);
        rest = match unit(escape) {
            Some((high @ 0xD800..=0xDFFF, after)) => {
                let (character, after) = match after.strip_prefix('\\').and_then(unit) {
                    Some((low, behind)) => match char::decode_utf16([high, low]).next() {
                        Some(Ok(character)) => (character, behind),
                        _ => (char::REPLACEMENT_CHARACTER, after),
                    },
                    None => (char::REPLACEMENT_CHARACTER, after),
                };
                cleaned.push(character);
                after
            }
            // Copied with the character it escapes, so that the backslash of `\\` is not taken for the start of another.
            _ => {
                let mut characters = escape.chars();
                cleaned.push('\\');
                cleaned.extend(characters.next());
                characters.as_str()
            }
        };
    }
    cleaned.push_str(rest);
    cleaned
}

/// The unit of UTF-16 that an escape stands for, and what follows it; `escape` begins behind the backslash.
fn unit(escape: &str) -> Option<(u16, &str)> {
    let (digits, after) = escape.strip_prefix('u')?.split_at_checked(4)?;
    Some((u16::from_str_radix(digits, 16).ok()?, after))
}

pub(super) fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(digits) => digits.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// WeChat's request id: the end of errmsg, `…, rid: 6206378a-793424c0-2e4091cc`, or a field of its own.
fn rid(answer: &Map<String, Value>) -> Option<String> {
    let text = |field| answer.get(field).and_then(Value::as_str);
    let own_field = text("rid").filter(|rid| !rid.is_empty());
    let in_errmsg = || {
        let (_, rest) = text("errmsg")?.rsplit_once("rid:")?;
        rest.split_whitespace().next()
    };
    let candidate = own_field.or_else(in_errmsg)?;
    is_rid(candidate).then(|| candidate.to_owned())
}

/// Three groups of eight hexadecimal digits. Anything else might be a quote of what was sent and is not repeated.
fn is_rid(text: &str) -> bool {
    let is_group = |group: &str| group.len() == 8 && group.bytes().all(|it| it.is_ascii_hexdigit());
    text.split('-').count() == 3 && text.split('-').all(is_group)
}
