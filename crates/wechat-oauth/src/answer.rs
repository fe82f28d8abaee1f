//! WeChat's answers: read the way WeChat writes them, and written for those who play WeChat.
//!
//! JSON in UTF-8 whatever the content type says (it is `text/plain`); errors with HTTP status 200 and an `errcode`
//! (a number, seen as text too); nicknames with raw control characters or broken UTF-8; fields that come and go with
//! scope and account. So: bytes in, `errcode` first, every field but the indispensable ones optional.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use url::Url;

use crate::error::{Endpoint, Error};
use crate::{AccessToken, OpenId, RefreshToken, Scope, UnionId};

/// The fields of `/sns/oauth2/access_token` and `refresh_token`, in WeChat's order. Empty texts stand for missing ones.
///
/// No `Debug`: it is secrets.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenFields {
    /// See [`Grant::token`].
    #[serde(deserialize_with = "text")]
    pub access_token: String,
    /// Seconds; 7200.
    #[serde(deserialize_with = "number")]
    pub expires_in: u64,
    /// See [`Grant::refresh_token`].
    #[serde(deserialize_with = "text")]
    pub refresh_token: String,
    /// See [`Grant::openid`].
    #[serde(deserialize_with = "text")]
    pub openid: String,
    /// The granted scopes, separated by commas.
    #[serde(deserialize_with = "text")]
    pub scope: String,
    /// Not there with `snsapi_base`, nor for an account without an open platform.
    #[serde(deserialize_with = "text", skip_serializing_if = "String::is_empty")]
    pub unionid: String,
    /// Only there, as the number 1, where it is true.
    #[serde(
        deserialize_with = "flag",
        serialize_with = "one",
        skip_serializing_if = "is_false"
    )]
    pub is_snapshotuser: bool,
}

/// The fields of `/sns/userinfo`, in WeChat's order. Sex and region are empty for everybody since 2021-10-20.
///
/// No `Debug`: it is about somebody.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct UserInfoFields {
    /// Who it is about.
    #[serde(deserialize_with = "text")]
    pub openid: String,
    /// Any Unicode text.
    #[serde(deserialize_with = "text")]
    pub nickname: String,
    /// 0.
    #[serde(deserialize_with = "number")]
    pub sex: u64,
    /// Undocumented, but sent.
    #[serde(deserialize_with = "text")]
    pub language: String,
    /// Empty.
    #[serde(deserialize_with = "text")]
    pub city: String,
    /// Empty.
    #[serde(deserialize_with = "text")]
    pub province: String,
    /// Empty.
    #[serde(deserialize_with = "text")]
    pub country: String,
    /// Empty where there is no picture.
    #[serde(deserialize_with = "text")]
    pub headimgurl: String,
    /// Such as `chinaunicom`.
    #[serde(deserialize_with = "texts")]
    pub privilege: Vec<String>,
    /// Only there for an account of an open platform.
    #[serde(deserialize_with = "text", skip_serializing_if = "String::is_empty")]
    pub unionid: String,
}

/// The fields of `/cgi-bin/token` and `stable_token`. No `Debug`: it is a secret.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountTokenFields {
    /// Acts as the account.
    #[serde(deserialize_with = "text")]
    pub access_token: String,
    /// Seconds that are left of it.
    #[serde(deserialize_with = "number")]
    pub expires_in: u64,
}

/// The fields of an error, and of `/sns/auth`, which answers the number 0 and `ok` where all is well.
#[derive(Debug, Clone, Serialize)]
pub struct ErrorFields<'a> {
    /// The number.
    pub errcode: i64,
    /// WeChat's words, with a request id at the end.
    pub errmsg: &'a str,
}

/// Longest nickname kept, in characters. WeChat's own limit is lower; the session cookie has 4096 bytes in all.
const NICKNAME_CHARS: usize = 128;
/// Longest picture address kept, in bytes.
const HEADIMGURL_BYTES: usize = 1024;

/// What a code was worth: the answer of `/sns/oauth2/access_token`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Grant {
    /// Opens `/sns/userinfo` if the scope allows.
    pub token: AccessToken,
    /// For how long, as WeChat says: two hours.
    pub expires_in: Duration,
    /// Makes new tokens for thirty days.
    pub refresh_token: Option<RefreshToken>,
    /// Who the user is under this account.
    pub openid: OpenId,
    /// Who the user is on the open platform; only with `snsapi_userinfo` and a bound account.
    pub unionid: Option<UnionId>,
    /// What the user really granted, which may be less than was asked for.
    pub scope: Scope,
    /// The openid is a virtual one of WeChat's snapshot mode (网页快照页): show the page, but store nobody.
    pub snapshot: bool,
}

/// Name and picture: the answer of `/sns/userinfo`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserInfo {
    /// What the user calls himself, any Unicode text, possibly empty; for showing only.
    pub nickname: String,
    /// An https address (http on a loopback host), or empty where the user has no picture.
    pub headimgurl: String,
    /// Who the user is on the open platform; only if the account is bound to one.
    pub unionid: Option<UnionId>,
}

impl Grant {
    /// Reads the body of `/sns/oauth2/access_token`.
    ///
    /// # Errors
    /// [`Error::Refused`] if it carries an errcode, [`Error::Unusable`] if token or openid are missing.
    pub fn from_body(body: &[u8]) -> Result<Self, Error> {
        Self::read(Endpoint::AccessToken, body)
    }

    /// Reads the body of `endpoint`, which gives tokens.
    pub(crate) fn read(endpoint: Endpoint, body: &[u8]) -> Result<Self, Error> {
        let answer: TokenFields = read(endpoint, body)?;
        let unusable = |reason| Error::Unusable { endpoint, reason };
        Ok(Self {
            token: AccessToken::parse(&answer.access_token)
                .map_err(|_| unusable("no usable access_token"))?,
            expires_in: Duration::from_secs(answer.expires_in),
            refresh_token: RefreshToken::parse(&answer.refresh_token).ok(),
            openid: OpenId::parse(&answer.openid).map_err(|_| unusable("no usable openid"))?,
            unionid: UnionId::parse(&answer.unionid).ok(),
            scope: granted_scope(&answer.scope),
            snapshot: answer.is_snapshotuser,
        })
    }
}

impl UserInfo {
    /// Reads the body of `/sns/userinfo`, which must be about `openid`.
    ///
    /// # Errors
    /// [`Error::Refused`] if it carries an errcode, [`Error::Unusable`] if it is about somebody else.
    pub fn from_body(body: &[u8], openid: &OpenId) -> Result<Self, Error> {
        let endpoint = Endpoint::UserInfo;
        let answer: UserInfoFields = read(endpoint, body)?;
        if !answer.openid.is_empty() && answer.openid != openid.expose() {
            let reason = "about another openid";
            return Err(Error::Unusable { endpoint, reason });
        }
        Ok(Self {
            nickname: shown_text(&answer.nickname),
            headimgurl: picture_address(&answer.headimgurl),
            unionid: UnionId::parse(&answer.unionid).ok(),
        })
    }
}

/// The fields of a body, unless WeChat reports an error in it.
pub(crate) fn read<T: DeserializeOwned>(endpoint: Endpoint, body: &[u8]) -> Result<T, Error> {
    let answer = object(endpoint, body)?;
    let reason = "fields of other types";
    serde_json::from_value(Value::Object(answer)).map_err(|_| Error::Unusable { endpoint, reason })
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

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(digits) => digits.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A text; nothing where there is something else.
fn text<'de, D: Deserializer<'de>>(field: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(field)? {
        Value::String(text) => text,
        _ => String::new(),
    })
}

fn texts<'de, D: Deserializer<'de>>(field: D) -> Result<Vec<String>, D::Error> {
    let field = Value::deserialize(field)?;
    let items = field.as_array().into_iter().flatten();
    let texts = items.filter_map(Value::as_str).map(str::to_owned);
    Ok(texts.collect())
}

/// A number, or the text of one; 0 where there is something else.
fn number<'de, D: Deserializer<'de>>(field: D) -> Result<u64, D::Error> {
    let number = integer(&Value::deserialize(field)?);
    Ok(number
        .and_then(|number| number.try_into().ok())
        .unwrap_or(0))
}

fn flag<'de, D: Deserializer<'de>>(field: D) -> Result<bool, D::Error> {
    let field = Value::deserialize(field)?;
    Ok(field == Value::Bool(true) || integer(&field) == Some(1))
}

fn one<S: serde::Serializer>(_: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u8(1)
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// The one that tells most of the granted scopes.
fn granted_scope(granted: &str) -> Scope {
    let has = |scope: &Scope| granted.split(',').any(|it| it.trim() == scope.as_str());
    [Scope::Userinfo, Scope::Login]
        .into_iter()
        .find(has)
        .unwrap_or(Scope::Base)
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
    let groups: Vec<&str> = text.split('-').collect();
    groups.len() == 3
        && groups
            .iter()
            .all(|group| group.len() == 8 && group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn shown_text(nickname: &str) -> String {
    nickname
        .chars()
        .filter(|character| !character.is_control() && !rearranges(*character))
        .take(NICKNAME_CHARS)
        .collect()
}

/// What breaks the line or turns the direction of whatever follows, which then reads as something else.
const fn rearranges(character: char) -> bool {
    matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The picture's address fit for an https page, or nothing: older answers have `http://`, which browsers block there.
///
/// A loopback host keeps its http; that is a simulator's picture.
fn picture_address(headimgurl: &str) -> String {
    let Ok(mut address) = Url::parse(headimgurl) else {
        return String::new();
    };
    let is_anybodys = address.username().is_empty() && address.password().is_none();
    let is_web = matches!(address.scheme(), "http" | "https") && is_anybodys;
    let is_loopback = matches!(
        address.host_str(),
        Some("127.0.0.1" | "localhost" | "[::1]")
    );
    if address.scheme() == "http" && !is_loopback && address.set_scheme("https").is_err() {
        return String::new();
    }
    let address = String::from(address);
    if is_web && address.len() <= HEADIMGURL_BYTES {
        address
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests;
