//! WeChat's answers, read the way WeChat writes them.
//!
//! JSON in UTF-8 whatever the content type says (it is `text/plain`); errors with HTTP status 200 and an `errcode`
//! (a number, seen as text too); nicknames with raw control characters or broken UTF-8; fields that come and go with
//! scope and account. So: bytes in, `errcode` first, every field but the indispensable ones optional.

use serde_json::{Map, Value};
use url::Url;

use crate::Scope;
use crate::error::{Endpoint, Error};
use crate::ids::{AccessToken, OpenId, UnionId};

/// Longest nickname kept, in characters. WeChat's own limit is lower; the session cookie has 4096 bytes in all.
const NICKNAME_CHARS: usize = 128;
/// Longest picture address kept, in bytes.
const HEADIMGURL_BYTES: usize = 1024;

/// What a code was worth: the answer of `/sns/oauth2/access_token`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Opens `/sns/userinfo` if the scope allows.
    pub token: AccessToken,
    /// Who the user is under this account.
    pub openid: OpenId,
    /// Who the user is on the open platform; only with `snsapi_userinfo` and a bound account.
    pub unionid: Option<UnionId>,
    /// What the user really granted, which may be less than was asked for.
    pub scope: Scope,
    /// The openid is a virtual one of WeChat's snapshot mode.
    pub snapshot: bool,
}

/// Name and picture: the answer of `/sns/userinfo`.
#[derive(Debug, Clone, PartialEq, Eq)]
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
        let endpoint = Endpoint::AccessToken;
        let answer = read(endpoint, body)?;
        let unusable = |reason| Error::Unusable { endpoint, reason };
        let token = text(&answer, "access_token")
            .and_then(|token| AccessToken::parse(token).ok())
            .ok_or_else(|| unusable("no usable access_token"))?;
        let openid = text(&answer, "openid")
            .and_then(|openid| OpenId::parse(openid).ok())
            .ok_or_else(|| unusable("no usable openid"))?;
        Ok(Self {
            token,
            openid,
            unionid: unionid(&answer),
            scope: granted_scope(&answer),
            snapshot: answer.get("is_snapshotuser").is_some_and(is_one),
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
        let answer = read(endpoint, body)?;
        let is_about_somebody_else =
            text(&answer, "openid").is_some_and(|other| other != openid.expose());
        if is_about_somebody_else {
            let reason = "about another openid";
            return Err(Error::Unusable { endpoint, reason });
        }
        let nickname = text(&answer, "nickname").unwrap_or_default();
        Ok(Self {
            nickname: shown_text(nickname),
            headimgurl: picture_address(text(&answer, "headimgurl").unwrap_or_default()),
            unionid: unionid(&answer),
        })
    }
}

/// Reads the body of `/cgi-bin/stable_token`, of which only counts that it has a token.
///
/// # Errors
/// [`Error::Refused`] if it carries an errcode, [`Error::Unusable`] if there is no token in it.
#[cfg(feature = "client")]
pub(crate) fn read_account_token(body: &[u8]) -> Result<(), Error> {
    let endpoint = Endpoint::StableToken;
    let answer = read(endpoint, body)?;
    let token = text(&answer, "access_token").filter(|token| !token.is_empty());
    let reason = "no access_token";
    token
        .map(|_| ())
        .ok_or(Error::Unusable { endpoint, reason })
}

/// The JSON object of a body, unless WeChat reports an error in it.
fn read(endpoint: Endpoint, body: &[u8]) -> Result<Map<String, Value>, Error> {
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

fn is_one(value: &Value) -> bool {
    value == &Value::Bool(true) || integer(value) == Some(1)
}

/// A field's text, if it is there, is text and is not empty: WeChat writes `""` for "none".
fn text<'a>(answer: &'a Map<String, Value>, field: &str) -> Option<&'a str> {
    answer
        .get(field)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}

fn unionid(answer: &Map<String, Value>) -> Option<UnionId> {
    text(answer, "unionid").and_then(|unionid| UnionId::parse(unionid).ok())
}

/// `scope` lists the granted scopes, separated by commas; the one that tells most counts.
fn granted_scope(answer: &Map<String, Value>) -> Scope {
    let granted = text(answer, "scope").unwrap_or_default();
    let has = |scope: &Scope| granted.split(',').any(|it| it.trim() == scope.as_str());
    [Scope::Userinfo, Scope::Login]
        .into_iter()
        .find(has)
        .unwrap_or(Scope::Base)
}

/// WeChat's request id: the end of errmsg, `…, rid: 6206378a-793424c0-2e4091cc`, or a field of its own.
fn rid(answer: &Map<String, Value>) -> Option<String> {
    let own_field = text(answer, "rid");
    let in_errmsg = || {
        let (_, rest) = text(answer, "errmsg")?.rsplit_once("rid:")?;
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
