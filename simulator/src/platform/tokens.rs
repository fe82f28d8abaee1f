//! User tokens: what `/sns/userinfo` and `/sns/auth` ask for, and what makes new ones.

use std::collections::HashMap;
use std::time::Duration;

use crate::wechat::{ApiRefusal, REFRESH_LIFETIME, TOKEN_LIFETIME};

use super::codes::Grant;

/// Whatever has expired is still known as expired for this long, then it is simply unknown. Our choice.
const REMEMBERED: Duration = Duration::from_secs(30 * 24 * 3600);

struct Token {
    grant: Grant,
    expires_at: Duration,
    /// A refresh token: the access token it made last.
    access_token: Option<String>,
}

/// All user tokens of the last weeks.
#[derive(Default)]
pub(crate) struct UserTokens {
    access: HashMap<String, Token>,
    refresh: HashMap<String, Token>,
}

impl UserTokens {
    /// Remembers a fresh pair.
    pub(crate) fn issue(&mut self, access: String, refresh: String, grant: Grant, now: Duration) {
        let is_recent = |token: &Token| now < token.expires_at.saturating_add(REMEMBERED);
        self.access.retain(|_, token| is_recent(token));
        self.refresh.retain(|_, token| is_recent(token));
        self.put_access(access.clone(), grant.clone(), now);
        let token = Token {
            grant,
            expires_at: now.saturating_add(REFRESH_LIFETIME),
            access_token: Some(access),
        };
        self.refresh.insert(refresh, token);
    }

    /// What an access token stands for.
    ///
    /// # Errors
    /// `TokenExpired` from 7200 seconds on. A text that is no token at all is `MalformedToken`, one that only was
    /// never issued is `UnknownToken`; WeChat documents both errors, where it draws the line is our guess.
    pub(crate) fn find(&self, token: &str, now: Duration) -> Result<&Grant, ApiRefusal> {
        match self.access.get(token) {
            Some(access) if now < access.expires_at => Ok(&access.grant),
            Some(_) => Err(ApiRefusal::TokenExpired),
            None if looks_like_a_token(token) => Err(ApiRefusal::UnknownToken),
            None => Err(ApiRefusal::MalformedToken),
        }
    }

    /// What a refresh token stands for under an account.
    ///
    /// # Errors
    /// `InvalidRefreshToken` if it is unknown or another account's, `RefreshTokenExpired` from thirty days on.
    pub(crate) fn find_refresh(
        &self,
        token: &str,
        appid: &str,
        now: Duration,
    ) -> Result<&Grant, ApiRefusal> {
        match self.refresh.get(token) {
            Some(refresh) if refresh.grant.appid != appid => Err(ApiRefusal::InvalidRefreshToken),
            Some(refresh) if now < refresh.expires_at => Ok(&refresh.grant),
            Some(_) => Err(ApiRefusal::RefreshTokenExpired),
            None => Err(ApiRefusal::InvalidRefreshToken),
        }
    }

    /// Gives a valid refresh token's access token another two hours, or makes a new one if it has expired, as the
    /// Open Platform's pages say.
    ///
    /// # Errors
    /// Those of [`Self::find_refresh`].
    pub(crate) fn refresh(
        &mut self,
        token: &str,
        appid: &str,
        fresh: impl FnOnce() -> String,
        now: Duration,
    ) -> Result<(String, Grant), ApiRefusal> {
        let grant = self.find_refresh(token, appid, now)?.clone();
        let refresh = self
            .refresh
            .get_mut(token)
            .ok_or(ApiRefusal::InvalidRefreshToken)?;
        let access = &self.access;
        let is_valid = |text: &String| access.get(text).is_some_and(|token| now < token.expires_at);
        let access_token = refresh
            .access_token
            .take()
            .filter(is_valid)
            .unwrap_or_else(fresh);
        refresh.access_token = Some(access_token.clone());
        self.put_access(access_token.clone(), grant.clone(), now);
        Ok((access_token, grant))
    }

    /// Whom a token of either kind is about, valid or not.
    pub(crate) fn grant_of(&self, token: &str) -> Option<&Grant> {
        let token = self.access.get(token).or_else(|| self.refresh.get(token))?;
        Some(&token.grant)
    }

    fn put_access(&mut self, text: String, grant: Grant, now: Duration) {
        let expires_at = now.saturating_add(TOKEN_LIFETIME);
        let token = Token {
            grant,
            expires_at,
            access_token: None,
        };
        self.access.insert(text, token);
    }
}

fn looks_like_a_token(text: &str) -> bool {
    let (number, body) = text.split_once('_').unwrap_or_default();
    number.len() == 2
        && number.bytes().all(|b| b.is_ascii_digit())
        && body.len() >= 64
        && body
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::GrantedScope;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(1 + seconds)
    }

    fn tokens() -> UserTokens {
        let mut tokens = UserTokens::default();
        let grant = Grant::real("a", "p", GrantedScope::Base);
        tokens.issue("t".into(), "r".into(), grant, at(0));
        tokens
    }

    fn find(tokens: &UserTokens, token: &str, seconds: u64) -> Result<(), ApiRefusal> {
        tokens.find(token, at(seconds)).map(drop)
    }

    fn refresh(tokens: &mut UserTokens, appid: &str, seconds: u64) -> Result<String, ApiRefusal> {
        let refreshed = tokens.refresh("r", appid, || "new".into(), at(seconds));
        refreshed.map(|(token, _)| token)
    }

    #[test]
    fn an_access_token_lives_two_hours_and_a_refresh_before_its_end_extends_the_same() {
        let mut tokens = tokens();
        assert_eq!(find(&tokens, "t", 7199), Ok(()));
        assert_eq!(find(&tokens, "t", 7200), Err(ApiRefusal::TokenExpired));
        assert_eq!(refresh(&mut tokens, "a", 7199), Ok("t".into()));
        assert_eq!(find(&tokens, "t", 7199 + 7199), Ok(()));
        assert_eq!(
            find(&tokens, "t", 7199 + 7200),
            Err(ApiRefusal::TokenExpired)
        );
    }

    #[test]
    fn a_refresh_after_the_expiry_makes_a_new_token() {
        let mut tokens = tokens();
        assert_eq!(refresh(&mut tokens, "a", 7200), Ok("new".into()));
        assert_eq!(find(&tokens, "t", 7200), Err(ApiRefusal::TokenExpired));
        assert_eq!(find(&tokens, "new", 7200 + 7199), Ok(()));
    }

    #[test]
    fn a_refresh_token_lives_thirty_days_from_its_exchange_and_only_for_its_account() {
        let mut tokens = tokens();
        let day = 24 * 3600;
        for (appid, seconds, refusal) in [
            ("b", 0, Some(ApiRefusal::InvalidRefreshToken)),
            ("a", 29 * day, None),
            ("a", 30 * day - 1, None),
            ("a", 30 * day, Some(ApiRefusal::RefreshTokenExpired)),
        ] {
            assert_eq!(
                refresh(&mut tokens, appid, seconds).err(),
                refusal,
                "{seconds}"
            );
        }
    }

    #[test]
    fn an_unknown_token_is_told_from_a_malformed_one() {
        for (token, refusal) in [
            (format!("86_{}", "x".repeat(64)), ApiRefusal::UnknownToken),
            (format!("86_{}", "x".repeat(63)), ApiRefusal::MalformedToken),
            (format!("8x_{}", "x".repeat(64)), ApiRefusal::MalformedToken),
            ("x".repeat(100), ApiRefusal::MalformedToken),
        ] {
            assert_eq!(
                find(&UserTokens::default(), &token, 0),
                Err(refusal),
                "{token}"
            );
        }
    }
}
