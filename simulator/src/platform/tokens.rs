//! User access tokens: what `/sns/userinfo` asks for.

use std::collections::HashMap;
use std::time::Duration;

use super::api_refusal::ApiRefusal;
use super::codes::Grant;

/// `expires_in` of WeChat's answer.
pub(crate) const TOKEN_LIFETIME: Duration = Duration::from_secs(7200);

/// An expired token is still known as expired for this long, then it is simply unknown. Our choice: as long as
/// WeChat's refresh tokens live.
const REMEMBERED: Duration = Duration::from_secs(30 * 24 * 3600);

struct IssuedToken {
    grant: Grant,
    issued_at: Duration,
}

/// All tokens of the last thirty days.
#[derive(Default)]
pub(crate) struct Tokens {
    issued: HashMap<String, IssuedToken>,
}

impl Tokens {
    /// Remembers a fresh token.
    pub(crate) fn issue(&mut self, token: String, grant: Grant, now: Duration) {
        self.issued
            .retain(|_, issued| now.saturating_sub(issued.issued_at) < REMEMBERED);
        self.issued.insert(
            token,
            IssuedToken {
                grant,
                issued_at: now,
            },
        );
    }

    /// What a token stands for.
    ///
    /// # Errors
    /// `TokenExpired` from 7200 seconds on. A text that is no token at all is `MalformedToken`, one that only was
    /// never issued is `UnknownToken`; WeChat documents both errors, where it draws the line is our guess.
    pub(crate) fn find(&self, token: &str, now: Duration) -> Result<&Grant, ApiRefusal> {
        match self.issued.get(token) {
            Some(issued) if now.saturating_sub(issued.issued_at) < TOKEN_LIFETIME => {
                Ok(&issued.grant)
            }
            Some(_) => Err(ApiRefusal::TokenExpired),
            None if looks_like_a_token(token) => Err(ApiRefusal::UnknownToken),
            None => Err(ApiRefusal::MalformedToken),
        }
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

    #[test]
    fn a_token_is_good_at_7199_seconds_and_expired_at_7200() {
        let mut tokens = Tokens::default();
        let grant = Grant {
            appid: "a".into(),
            person: "p".into(),
            scope: GrantedScope::Base,
        };
        tokens.issue("t".into(), grant, Duration::from_secs(1));
        let find = |seconds: u64| {
            tokens
                .find("t", Duration::from_secs(1 + seconds))
                .map(|grant| grant.person.as_str())
        };
        assert_eq!(find(7199), Ok("p"));
        assert_eq!(find(7200), Err(ApiRefusal::TokenExpired));
    }

    #[test]
    fn an_unknown_token_is_told_from_a_malformed_one() {
        let tokens = Tokens::default();
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
