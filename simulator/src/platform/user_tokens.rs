//! User tokens: what `/sns/userinfo` and `/sns/auth` ask for, and what makes new ones.

use std::collections::HashMap;
use std::time::Duration;

use super::api_refusal::ApiRefusal;
use super::codes::Grant;

/// `expires_in` of WeChat's answer.
pub(crate) const TOKEN_LIFETIME: Duration = Duration::from_secs(7200);

/// WeChat's web authorization page: a refresh token lives thirty days. That a refresh does not start them anew is our
/// guess; most developers who tell of it say so.
const REFRESH_LIFETIME: Duration = Duration::from_secs(30 * 24 * 3600);

/// Whatever has expired is still known as expired for this long, then it is simply unknown. Our choice.
const REMEMBERED: Duration = Duration::from_secs(30 * 24 * 3600);

struct AccessToken {
    grant: Grant,
    expires_at: Duration,
}

struct RefreshToken {
    grant: Grant,
    expires_at: Duration,
    /// The access token it made last.
    access_token: String,
}

/// All user tokens of the last weeks.
#[derive(Default)]
pub(crate) struct UserTokens {
    access: HashMap<String, AccessToken>,
    refresh: HashMap<String, RefreshToken>,
}

impl UserTokens {
    /// Remembers a fresh pair.
    pub(crate) fn issue(
        &mut self,
        access_token: String,
        refresh_token: String,
        grant: Grant,
        now: Duration,
    ) {
        self.forget_old(now);
        self.put_access(access_token.clone(), grant.clone(), now);
        let refresh = RefreshToken {
            grant,
            expires_at: now.saturating_add(REFRESH_LIFETIME),
            access_token,
        };
        self.refresh.insert(refresh_token, refresh);
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
        let still_valid = self
            .access
            .get(&refresh.access_token)
            .is_some_and(|access| now < access.expires_at);
        if !still_valid {
            refresh.access_token = fresh();
        }
        let access_token = refresh.access_token.clone();
        self.put_access(access_token.clone(), grant.clone(), now);
        Ok((access_token, grant))
    }

    /// Whom a token of either kind is about, valid or not.
    pub(crate) fn grant_of(&self, token: &str) -> Option<&Grant> {
        let access = self.access.get(token).map(|access| &access.grant);
        access.or_else(|| self.refresh.get(token).map(|refresh| &refresh.grant))
    }

    fn put_access(&mut self, token: String, grant: Grant, now: Duration) {
        let expires_at = now.saturating_add(TOKEN_LIFETIME);
        self.access.insert(token, AccessToken { grant, expires_at });
    }

    fn forget_old(&mut self, now: Duration) {
        let is_recent = |expires_at: Duration| now < expires_at.saturating_add(REMEMBERED);
        self.access.retain(|_, access| is_recent(access.expires_at));
        self.refresh
            .retain(|_, refresh| is_recent(refresh.expires_at));
    }
}

fn looks_like_a_token(text: &str) -> bool {
    let Some((number, body)) = text.split_once('_') else {
        return false;
    };
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

    const START: Duration = Duration::from_secs(1);

    fn at(seconds: u64) -> Duration {
        START + Duration::from_secs(seconds)
    }

    fn tokens() -> UserTokens {
        let mut tokens = UserTokens::default();
        let grant = Grant::real("a", "p", GrantedScope::Base);
        tokens.issue("t".into(), "r".into(), grant, START);
        tokens
    }

    #[test]
    fn an_access_token_is_good_at_7199_seconds_and_expired_at_7200() {
        let tokens = tokens();
        let find = |seconds| tokens.find("t", at(seconds)).map(|g| g.person.as_str());
        assert_eq!(find(7199), Ok("p"));
        assert_eq!(find(7200), Err(ApiRefusal::TokenExpired));
    }

    #[test]
    fn a_refresh_before_the_expiry_extends_the_same_token() {
        let mut tokens = tokens();
        let refreshed = tokens.refresh("r", "a", || "new".into(), at(7199));
        assert_eq!(refreshed.map(|(token, _)| token), Ok("t".into()));
        assert!(tokens.find("t", at(7199 + 7199)).is_ok());
        assert!(tokens.find("t", at(7199 + 7200)).is_err());
    }

    #[test]
    fn a_refresh_after_the_expiry_makes_a_new_token() {
        let mut tokens = tokens();
        let refreshed = tokens.refresh("r", "a", || "new".into(), at(7200));
        assert_eq!(refreshed.map(|(token, _)| token), Ok("new".into()));
        assert_eq!(
            tokens.find("t", at(7200)).err(),
            Some(ApiRefusal::TokenExpired)
        );
        assert!(tokens.find("new", at(7200 + 7199)).is_ok());
    }

    #[test]
    fn a_refresh_token_lives_thirty_days_from_its_exchange_and_only_for_its_account() {
        let mut tokens = tokens();
        let days = |days: u64| days * 24 * 3600;
        let refresh = |tokens: &mut UserTokens, appid: &str, seconds: u64| {
            let refreshed = tokens.refresh("r", appid, || "new".into(), at(seconds));
            refreshed.err()
        };
        assert_eq!(
            refresh(&mut tokens, "b", 0),
            Some(ApiRefusal::InvalidRefreshToken)
        );
        assert_eq!(refresh(&mut tokens, "a", days(29)), None);
        assert_eq!(refresh(&mut tokens, "a", days(30) - 1), None);
        assert_eq!(
            refresh(&mut tokens, "a", days(30)),
            Some(ApiRefusal::RefreshTokenExpired)
        );
    }

    #[test]
    fn an_unknown_token_is_told_from_a_malformed_one() {
        let tokens = UserTokens::default();
        let find = |token: &str| tokens.find(token, Duration::ZERO).err();
        assert_eq!(
            find(&format!("86_{}", "x".repeat(64))),
            Some(ApiRefusal::UnknownToken)
        );
        for malformed in [
            format!("86_{}", "x".repeat(63)),
            format!("8x_{}", "x".repeat(64)),
            "x".repeat(100),
        ] {
            assert_eq!(
                find(&malformed),
                Some(ApiRefusal::MalformedToken),
                "{malformed}"
            );
        }
    }
}
