//! The session cookie: the whole session, sealed. Nothing is kept in memory, so any replica serves any request.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::cookie::{Cookie, CookieJar, Key, SameSite, time};
use actix_web::dev::Payload;
use actix_web::http::header::COOKIE;
use actix_web::{FromRequest, HttpRequest, web};
use api_types::Session;

use crate::app::AppState;
use crate::clock::Clock;
use crate::config::{Config, SessionKey};
use crate::error::ApiError;

/// `__Host-` makes browsers insist on https, our host and the root path; over plain http they refuse it.
pub(crate) const HTTPS_NAME: &str = "__Host-wechat_login";

/// Seals sessions into cookies and opens them again.
pub struct Sessions {
    keys: Vec<Key>,
    config: Arc<Config>,
    clock: Arc<dyn Clock>,
}

impl Sessions {
    /// With the keys of `config`: the first seals, all open.
    pub fn new(config: Arc<Config>, clock: Arc<dyn Clock>) -> Self {
        let derive = |key: &SessionKey| Key::derive_from(key.expose().as_bytes());
        Self {
            keys: config.session_keys.iter().map(derive).collect(),
            config,
            clock,
        }
    }

    /// The cookie that carries `session` until it expires.
    ///
    /// # Errors
    /// [`ApiError::Internal`] if there is no key, which a checked configuration excludes.
    pub fn seal(&self, session: &Session) -> Result<Cookie<'static>, ApiError> {
        let key = self
            .keys
            .first()
            .ok_or_else(|| ApiError::internal("no session key"))?;
        let value = serde_json::to_string(session).map_err(ApiError::internal)?;
        let mut jar = CookieJar::new();
        jar.private_mut(key).add(Cookie::new(self.name(), value));
        let sealed = jar
            .get(self.name())
            .ok_or_else(|| ApiError::internal("sealing left no cookie"))?;
        let seconds = session.expires_at.saturating_sub(self.clock.now());
        let max_age = time::Duration::seconds(i64::try_from(seconds).unwrap_or(i64::MAX));
        Ok(self.cookie(sealed.value().to_owned(), max_age))
    }

    /// The valid session a request carries, if it does.
    ///
    /// A cookie that cannot be opened, is expired, or belongs to an account that is configured differently now is no
    /// session; it is not an error either, for the browser cannot help it. Nor are cookies of two persons a session: a
    /// browser has one of ours, so somebody else planted another, to have its user act in their name.
    pub fn open(&self, request: &HttpRequest) -> Option<Session> {
        // Read by hand: the framework gives up on all cookies where one of them is no UTF-8, and a browser can hold
        // several of our name, set for different paths. None that is broken may hide ours.
        let mut sessions = request
            .headers()
            .get_all(COOKIE)
            .flat_map(|header| header.as_bytes().split(|byte| *byte == b';'))
            // Blanks of ASCII alone: of a name that begins with another one, browsers do not see the prefix, and let
            // every host of the domain set it.
            .filter_map(|pair| std::str::from_utf8(pair.trim_ascii()).ok()?.split_once('='))
            .filter(|(name, _)| *name == self.name())
            .filter_map(|(name, value)| self.open_cookie(Cookie::new(name, value)));
        let session = sessions.next()?;
        let is_same =
            |other: Session| (&other.appid, &other.openid) == (&session.appid, &session.openid);
        sessions.all(is_same).then_some(session)
    }

    /// The cookie that makes a browser forget its session.
    pub fn removal(&self) -> Cookie<'static> {
        self.cookie(String::new(), time::Duration::ZERO)
    }

    fn open_cookie(&self, cookie: Cookie<'_>) -> Option<Session> {
        let jar = CookieJar::new();
        let opened = self
            .keys
            .iter()
            .find_map(|key| jar.private(key).decrypt(cookie.clone().into_owned()))?;
        let session: Session = serde_json::from_str(opened.value()).ok()?;
        let account = self.config.account(&session.account)?;
        let is_valid = account.has_appid(&session.appid) && session.expires_at > self.clock.now();
        is_valid.then_some(session)
    }

    /// The cookie's name.
    pub(crate) fn name(&self) -> &'static str {
        if self.config.public_url.is_https() {
            HTTPS_NAME
        } else {
            "wechat_login"
        }
    }

    fn cookie(&self, value: String, max_age: time::Duration) -> Cookie<'static> {
        Cookie::build(self.name(), value)
            .path("/")
            .http_only(true)
            .secure(self.config.public_url.is_https())
            // Strict would be missing on the way back from WeChat's page.
            .same_site(SameSite::Lax)
            .max_age(max_age)
            .finish()
    }
}

/// A handler with this argument answers only requests of somebody who is signed in; others get a 401.
pub struct SignedIn(pub Session);

impl FromRequest for SignedIn {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let session = request
            .app_data::<web::Data<AppState>>()
            .and_then(|state| state.sessions.open(request));
        ready(session.map(Self).ok_or(ApiError::NotSignedIn))
    }
}

#[cfg(test)]
mod tests;
