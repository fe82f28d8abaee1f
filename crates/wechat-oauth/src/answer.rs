//! WeChat's answers: read the way WeChat writes them, and written for those who play WeChat.
//!
//! JSON in UTF-8 whatever the content type says (it is `text/plain`); errors with HTTP status 200 and an `errcode`
//! (a number, seen as text too); nicknames with raw control characters or broken UTF-8; fields that come and go with
//! scope and account. So: bytes in, `errcode` first, every field but the indispensable ones optional.

mod fields;
mod json;

use std::time::Duration;

use url::Url;

pub use fields::{
    AccountTokenFields, ErrorFields, FollowerFields, MiniprogramFields, TicketFields, TokenFields,
    UserInfoFields,
};
use json::read;
#[cfg(feature = "client")]
pub(crate) use json::{read as fields_of, read_ok};

use crate::error::{Endpoint, Error};
use crate::{AccessToken, OpenId, RefreshToken, Scope, UnionId};

/// Longest nickname kept, in characters, so that name and picture fit into a cookie. WeChat's own limit is lower.
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
            headimgurl: picture_address(&answer.headimgurl).unwrap_or_default(),
            unionid: UnionId::parse(&answer.unionid).ok(),
        })
    }
}

/// The one that tells most of the granted scopes.
fn granted_scope(granted: &str) -> Scope {
    let has = |scope: &Scope| granted.split(',').any(|it| it.trim() == scope.as_str());
    [Scope::Userinfo, Scope::Login]
        .into_iter()
        .find(has)
        .unwrap_or(Scope::Base)
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
fn picture_address(headimgurl: &str) -> Option<String> {
    let mut address = Url::parse(headimgurl).ok()?;
    let is_anybodys = address.username().is_empty() && address.password().is_none();
    let is_loopback = matches!(
        address.host_str(),
        Some("127.0.0.1" | "localhost" | "[::1]")
    );
    match address.scheme() {
        "http" if !is_loopback => address.set_scheme("https").ok()?,
        "http" | "https" => {}
        _ => return None,
    }
    let address = String::from(address);
    (is_anybodys && address.len() <= HEADIMGURL_BYTES).then_some(address)
}

#[cfg(test)]
mod tests;
