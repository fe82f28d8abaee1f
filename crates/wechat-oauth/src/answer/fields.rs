//! The fields of WeChat's answers: read leniently, and written as WeChat writes them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

#[cfg(doc)]
use super::Grant;
use super::json::integer;

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

/// The fields of `/sns/jscode2session`, in WeChat's order. No `Debug`: it is secrets.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MiniprogramFields {
    /// Opens what the mini-program encrypts; 16 bytes in base64. For the server alone.
    #[serde(deserialize_with = "text")]
    pub session_key: String,
    /// Who the user is under the mini-program.
    #[serde(deserialize_with = "text")]
    pub openid: String,
    /// Only there where the mini-program is bound to an open platform.
    #[serde(deserialize_with = "text", skip_serializing_if = "String::is_empty")]
    pub unionid: String,
}

/// The fields of `/cgi-bin/ticket/getticket` behind the errcode 0 that stands in it. No `Debug`: it is a secret.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TicketFields {
    /// Signs pages.
    #[serde(deserialize_with = "text")]
    pub ticket: String,
    /// Seconds that are left of it.
    #[serde(deserialize_with = "number")]
    pub expires_in: u64,
}

/// What counts of `/cgi-bin/user/info`; name and picture are empty for everybody since 2021-12-27.
///
/// No `Debug`: it is about somebody.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct FollowerFields {
    /// Whether this is a follower; nothing where WeChat does not say.
    #[serde(deserialize_with = "optional_flag")]
    pub subscribe: Option<bool>,
    /// Who it is about.
    #[serde(deserialize_with = "text")]
    pub openid: String,
    /// Only there for followers of an account that is bound to an open platform.
    #[serde(deserialize_with = "text")]
    pub unionid: String,
}

/// The fields of an error, and of `/sns/auth`, which answers the number 0 and `ok` where all is well.
#[derive(Debug, Clone, Serialize)]
pub struct ErrorFields<'a> {
    /// The number.
    pub errcode: i64,
    /// WeChat's words, with a request id at the end.
    pub errmsg: &'a str,
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

/// A flag as a number, a text of one or a truth value.
fn optional_flag<'de, D: Deserializer<'de>>(field: D) -> Result<Option<bool>, D::Error> {
    let field = Value::deserialize(field)?;
    let number = integer(&field).map(|number| number == 1);
    Ok(field.as_bool().or(number))
}

fn one<S: Serializer>(_: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u8(1)
}

fn is_false(flag: &bool) -> bool {
    !flag
}
