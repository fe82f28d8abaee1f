//! The session: an encrypted cookie that holds all of it, or for mini-programs and apps, which have no cookies to rely on,
//! a token that does. Nothing is kept in memory, so any replica serves any request.

use std::sync::Arc;

use api_types::Session;
use cookie::{Cookie, SameSite, time};

use super::clock::Clock;
use super::encryption::{EncryptError, Encryption};
use crate::config::Config;

/// `__Host-` makes browsers insist on https, our host and the root path; over plain http they refuse it.
pub(crate) const HTTPS_NAME: &str = "__Host-wechat_login";
/// Below a path only https can be insisted on.
const NAME_BELOW_A_PATH: &str = "__Secure-wechat_login";

/// Under what tokens are sealed, so that no token is a cookie and no cookie a token.
const TOKEN: &str = "token";

/// Seals sessions into cookies and tokens and opens them again.
pub struct Sessions {
    encryption: Encryption,
    config: Arc<Config>,
    clock: Arc<dyn Clock>,
}

impl Sessions {
    /// With the keys of `config`: the first seals, all open.
    pub fn new(config: Arc<Config>, clock: Arc<dyn Clock>) -> Self {
        Self {
            encryption: Encryption::new(&config.session_keys),
            config,
            clock,
        }
    }

    /// The cookie that carries `session` until it expires.
    ///
    /// # Errors
    /// [`EncryptError`] if there is no key, which a checked configuration excludes.
    pub fn seal(&self, session: &Session) -> Result<Cookie<'static>, EncryptError> {
        let sealed = self.sealed(self.name(), session)?;
        let seconds = session.expires_at.saturating_sub(self.clock.now());
        let max_age = time::Duration::seconds(i64::try_from(seconds).unwrap_or(i64::MAX));
        Ok(self.cookie(sealed, max_age))
    }

    /// The token that carries `session` until it expires, for `Authorization: Bearer`.
    ///
    /// # Errors
    /// As [`Self::seal`].
    pub fn seal_token(&self, session: &Session) -> Result<String, EncryptError> {
        self.sealed(TOKEN, session)
    }

    /// Whether anybody has tokens: where no account has a mini-program or an app, what bearers show is not our business.
    pub fn has_tokens(&self) -> bool {
        let mut accounts = self.config.accounts.values();
        accounts.any(|it| it.miniprogram.is_some() || it.app.is_some())
    }

    /// The valid session of a token, if it is one.
    pub fn open_token(&self, token: &[u8]) -> Option<Session> {
        self.opened(TOKEN, std::str::from_utf8(token).ok()?)
    }

    /// The valid session in the `Cookie` headers of a request, if there is one.
    ///
    /// A cookie that cannot be opened, is expired, or belongs to an account that is configured differently now is no
    /// session; it is not an error either, for the browser cannot help it. Nor are cookies of two persons a session: a
    /// browser has one of ours, so somebody else planted another, to have its user act in their name.
    pub fn open<'a>(&self, headers: impl IntoIterator<Item = &'a [u8]>) -> Option<Session> {
        let mut sessions =
            values_of(headers, self.name()).filter_map(|value| self.opened(self.name(), value));
        let session = sessions.next()?;
        let is_same =
            |other: Session| (&other.appid, &other.openid) == (&session.appid, &session.openid);
        sessions.all(is_same).then_some(session)
    }

    /// The cookie that makes a browser forget its session.
    pub fn removal(&self) -> Cookie<'static> {
        self.cookie(String::new(), time::Duration::ZERO)
    }

    fn sealed(&self, name: &str, session: &Session) -> Result<String, EncryptError> {
        let text =
            serde_json::to_string(session).map_err(|_| EncryptError("a session is no JSON"))?;
        self.encryption.encrypt(name, text)
    }

    fn opened(&self, name: &str, value: &str) -> Option<Session> {
        let text = self.encryption.decrypt(name, value)?;
        let session: Session = serde_json::from_str(&text).ok()?;
        let account = self.config.account(&session.account)?;
        let is_valid = account.has_appid(&session.appid) && session.expires_at > self.clock.now();
        is_valid.then_some(session)
    }

    /// The cookie's name.
    pub(crate) fn name(&self) -> &'static str {
        match (self.config.public_url.is_https(), self.config.api_path()) {
            (true, "") => HTTPS_NAME,
            (true, _) => NAME_BELOW_A_PATH,
            (false, _) => "wechat_login",
        }
    }

    fn cookie(&self, value: String, max_age: time::Duration) -> Cookie<'static> {
        cookie_at(&self.config, self.name(), "", value, max_age)
    }
}

/// A cookie for what is at this path below ours, which no script reads.
pub(super) fn cookie_at(
    config: &Config,
    name: &'static str,
    path: &str,
    value: String,
    max_age: time::Duration,
) -> Cookie<'static> {
    // An application beside this one, at the root of the host, does not get it.
    let path = match [config.api_path(), path].concat() {
        root if root.is_empty() => "/".to_owned(),
        path => path,
    };
    Cookie::build(name, value)
        .path(path)
        .http_only(true)
        .secure(config.public_url.is_https())
        // Strict would be missing on the way back from WeChat's page.
        .same_site(SameSite::Lax)
        .max_age(max_age)
        .finish()
}

/// The values of all cookies of this name in the `Cookie` headers of a request.
pub(super) fn values_of<'a>(
    headers: impl IntoIterator<Item = &'a [u8]>,
    wanted: &'static str,
) -> impl Iterator<Item = &'a str> {
    // Read by hand: web frameworks give up on all cookies where one of them is no UTF-8, and a browser can hold
    // several of our name, set for different paths. None that is broken may hide ours.
    headers
        .into_iter()
        .flat_map(|header| header.split(|byte| *byte == b';'))
        // Blanks of ASCII alone: of a name that begins with another one, browsers do not see the prefix, and let
        // every host of the domain set it.
        .filter_map(|pair| std::str::from_utf8(pair.trim_ascii()).ok()?.split_once('='))
        .filter(move |(name, _)| *name == wanted)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests;
