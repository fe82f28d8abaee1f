//! A login in any web framework: the `state` that binds it to one browser, and what comes back.

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
    /// Begins a login of the account `appid`, which WeChat ends at `redirect_uri`.
    ///
    /// # Panics
    /// If the system has no random numbers.
    #[expect(clippy::expect_used, reason = "a login without chance is nobody's own")]
    pub fn begin(&self, appid: &AppId, redirect_uri: &str, scope: Scope) -> Start {
        let mut random = [0; 16];
        getrandom::fill(&mut random).expect("the system has random numbers");
        let state = format!("{:032x}", u128::from_ne_bytes(random));
        let secure = redirect_uri
            .strip_prefix("https:")
            .map_or("", |_| "; Secure");
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
                let user = self.fetch_user_info(&grant.token, &grant.openid);
                user.await.ok()
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
        let mut pairs = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='));
        let is_known = !self.state.is_empty() && pairs.any(|it| it == (COOKIE_NAME, &self.state));
        self.code.as_ref().filter(|_| is_known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_counts_only_with_the_state_of_this_browser() {
        let found = |cookies: &str, state: &str, code: &str| {
            let callback = Callback {
                code: AuthCode::parse(code).ok(),
                state: state.into(),
            };
            let headers = HeaderMap::from_iter([(COOKIE, cookies.parse().unwrap())]);
            callback.code(&headers).is_some()
        };
        for (cookies, state, counts) in [
            ("wechat_state=abc", "abc", true),
            ("a=b;wechat_state=old; wechat_state=abc", "abc", true),
            ("wechat_state=abc", "abd", false),
            ("wechat_state=", "", false),
            ("other_wechat_state=abc", "abc", false),
            ("", "abc", false),
        ] {
            assert_eq!(found(cookies, state, "c"), counts, "{cookies} {state}");
        }
        assert!(!found("wechat_state=abc", "abc", ""));
    }
}
