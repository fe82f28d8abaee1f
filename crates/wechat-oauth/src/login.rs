//! A login in any web framework: the `state` that binds it to one browser, and what comes back.

use std::fmt::Write as _;

use reqwest::header::{COOKIE, HeaderMap};
use serde::Deserialize;

use crate::{AppId, AppSecret, AuthCode, AuthorizeRequest, Client, Error, Grant, Scope};
use crate::{UserInfo, authorize_url};

/// The cookie that remembers the `state`.
const COOKIE_NAME: &str = "wechat_state";

/// How long somebody may look at WeChat's consent page.
const PATIENCE_SECONDS: u32 = 600;

/// A login that begins.
#[derive(Clone)]
#[non_exhaustive]
pub struct Start {
    /// Where to send the browser: WeChat's authorize page.
    pub url: String,
    /// The `Set-Cookie` to send it with. By it [`Callback::code`] tells this browser from one that was handed a link
    /// with somebody else's code in it.
    pub cookie: String,
}

impl Client {
    /// Begins a login of the account `appid`, which WeChat ends at `redirect_uri`.
    ///
    /// # Panics
    /// If the system has no random numbers.
    #[expect(clippy::expect_used, reason = "a login without chance is nobody's own")]
    pub fn begin(&self, appid: &AppId, redirect_uri: &str, scope: Scope) -> Start {
        let mut random = [0; 16];
        getrandom::fill(&mut random).expect("the system has random numbers");
        let mut state = String::with_capacity(32);
        for byte in random {
            // Writing to a String cannot fail.
            let _ = write!(state, "{byte:02x}");
        }
        let secure = if redirect_uri.starts_with("https:") {
            "; Secure"
        } else {
            ""
        };
        Start {
            url: authorize_url(&AuthorizeRequest {
                base: self.open_base(),
                appid: appid.as_str(),
                redirect_uri,
                scope,
                state: &state,
            }),
            // Lax, not Strict: the way back from WeChat is a navigation from another site.
            cookie: format!(
                "{COOKIE_NAME}={state}; Max-Age={PATIENCE_SECONDS}; Path=/; HttpOnly; SameSite=Lax{secure}"
            ),
        }
    }
}

/// A login that has come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Login {
    /// Who it is: the openid, and what else WeChat told with it.
    pub grant: Grant,
    /// Name and picture, where they were granted and WeChat gave them.
    pub user: Option<UserInfo>,
}

impl Client {
    /// Ends a login: exchanges the code and, where the user granted it, fetches name and picture. Without these it is
    /// still a login.
    ///
    /// # Errors
    /// Those of [`Self::exchange_code`].
    pub async fn log_in(
        &self,
        appid: &AppId,
        secret: &AppSecret,
        code: &AuthCode,
    ) -> Result<Login, Error> {
        let mut grant = self.exchange_code(appid, secret, code).await?;
        let user = match grant.scope {
            Scope::Base => None,
            Scope::Userinfo | Scope::Login => {
                let user = self.fetch_user_info(&grant.token, &grant.openid).await;
                user.ok()
            }
        };
        // WeChat documents the unionid in both answers; either has been seen without it.
        if grant.unionid.is_none() {
            grant.unionid = user.as_ref().and_then(|user| user.unionid.clone());
        }
        Ok(Login { grant, user })
    }
}

/// The query that WeChat appends to `redirect_uri`.
///
/// Its `Debug` hides the code. One without a code is a refusal, where WeChat comes back at all then.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Callback {
    code: Option<AuthCode>,
    state: String,
}

impl Callback {
    /// The code, if this browser began the login: if its cookies hold the `state`.
    ///
    /// `headers` are those of the request, of the crate `http` as axum, hyper, warp and poem have them.
    pub fn code(&self, headers: &HeaderMap) -> Option<&AuthCode> {
        let lines = headers.get_all(COOKIE).iter();
        let mut cookies = lines.filter_map(|line| line.to_str().ok());
        cookies.find_map(|line| self.code_with_cookies(line))
    }

    /// The same for a framework with headers of its own; `cookies` is a `Cookie` header.
    pub fn code_with_cookies(&self, cookies: &str) -> Option<&AuthCode> {
        let mut pairs = cookies
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='));
        let is_ours = |(name, value)| name == COOKIE_NAME && value == self.state;
        let is_known = !self.state.is_empty() && pairs.any(is_ours);
        self.code.as_ref().filter(|_| is_known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_counts_only_with_the_state_of_this_browser() {
        let code = || AuthCode::parse("c").ok();
        let callback = |state: &str| Callback {
            code: code(),
            state: state.into(),
        };
        for (cookies, state, counts) in [
            ("wechat_state=abc", "abc", true),
            ("a=b;wechat_state=old; wechat_state=abc", "abc", true),
            ("wechat_state=abc", "abd", false),
            ("wechat_state=", "", false),
            ("other_wechat_state=abc", "abc", false),
            ("", "abc", false),
        ] {
            let callback = callback(state);
            let found = callback.code_with_cookies(cookies);
            assert_eq!(found.is_some(), counts, "{cookies} {state}");
        }
        let refused = Callback {
            code: None,
            ..callback("abc")
        };
        assert_eq!(refused.code_with_cookies("wechat_state=abc"), None);
    }
}
