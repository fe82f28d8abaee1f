//! What people granted to accounts, and the texts that stand for it: one-time codes on their way through the browser,
//! access tokens, and the refresh tokens that make new ones.

use std::collections::HashMap;
use std::time::Duration;

use crate::wechat::{ErrorCode, REFRESH_TOKEN_LIFETIME, TOKEN_LIFETIME};

use super::GrantedScope;

/// A token that has expired is still known as expired for this long, then it is simply unknown. Our choice.
const REMEMBERED: Duration = Duration::from_secs(30 * 24 * 3600);

/// What a person granted to an account.
#[derive(Clone)]
pub(crate) struct Grant {
    /// The account it was granted to; nobody else can use the code.
    pub(crate) appid: String,
    /// Who granted it.
    pub(crate) person: String,
    /// How much.
    pub(crate) scope: GrantedScope,
    /// The virtual user of a snapshot page: openid, unionid, name and picture are not the person's.
    pub(crate) virtual_user: bool,
    /// The exchange answers `is_snapshotuser: 1`.
    pub(crate) flagged: bool,
}

impl Grant {
    /// The person as it is, nothing about snapshots.
    pub(crate) fn real(appid: &str, person: &str, scope: GrantedScope) -> Self {
        Self {
            appid: appid.into(),
            person: person.into(),
            scope,
            virtual_user: false,
            flagged: false,
        }
    }
}

enum Kind {
    Code {
        used: bool,
        number: u64,
    },
    Access,
    Refresh {
        /// The access token it made last.
        access: String,
    },
}

struct Issued {
    grant: Grant,
    expires_at: Duration,
    kind: Kind,
}

/// Everything issued that is not forgotten: used codes until they expire, tokens for some weeks longer.
#[derive(Default)]
pub(crate) struct Grants {
    issued: HashMap<String, Issued>,
    /// How many codes there have been.
    codes: u64,
}

impl Grants {
    /// Remembers a fresh code.
    pub(crate) fn issue_code(
        &mut self,
        code: String,
        grant: Grant,
        lifetime: Duration,
        now: Duration,
    ) {
        self.forget(now);
        self.codes = self.codes.saturating_add(1);
        let (used, number) = (false, self.codes);
        self.put(
            code,
            grant,
            now.saturating_add(lifetime),
            Kind::Code { used, number },
        );
    }

    /// Uses a code up and gives what it stands for.
    ///
    /// # Errors
    /// `InvalidCode` if it is unknown, expired (used or not) or another account's, which leaves it usable for that
    /// account; `CodeUsed` if it was redeemed before.
    pub(crate) fn redeem(
        &mut self,
        code: &str,
        appid: &str,
        now: Duration,
    ) -> Result<Grant, ErrorCode> {
        self.forget(now);
        match self.issued.get_mut(code) {
            Some(Issued {
                grant,
                kind: Kind::Code { used, .. },
                ..
            }) if grant.appid == appid => match std::mem::replace(used, true) {
                true => Err(ErrorCode::CodeUsed),
                false => Ok(grant.clone()),
            },
            _ => Err(ErrorCode::InvalidCode),
        }
    }

    /// The how manieth code it is, from 1; none if it is none or has expired.
    pub(crate) fn number_of(&self, code: &str) -> Option<u64> {
        match self.issued.get(code)?.kind {
            Kind::Code { number, .. } => Some(number),
            Kind::Access | Kind::Refresh { .. } => None,
        }
    }

    /// Whom a code or token of any kind is about, used and expired ones too.
    pub(crate) fn of(&self, text: &str) -> Option<&Grant> {
        self.issued.get(text).map(|issued| &issued.grant)
    }

    /// Remembers a fresh pair of tokens.
    pub(crate) fn issue_tokens(
        &mut self,
        access: &str,
        refresh: &str,
        grant: Grant,
        now: Duration,
    ) {
        let expires_at = now.saturating_add(REFRESH_TOKEN_LIFETIME);
        let kind = Kind::Refresh {
            access: access.into(),
        };
        self.put_access(access, grant.clone(), now);
        self.put(refresh.into(), grant, expires_at, kind);
    }

    /// What an access token stands for.
    ///
    /// # Errors
    /// `TokenExpired` from 7200 seconds on. A text that is no token at all is `MalformedToken`, one that only was
    /// never issued is `UnknownToken`; WeChat documents both errors, where it draws the line is our guess.
    pub(crate) fn of_access_token(&self, token: &str, now: Duration) -> Result<&Grant, ErrorCode> {
        match self.issued.get(token) {
            Some(Issued {
                grant,
                kind: Kind::Access,
                expires_at,
            }) => match now < *expires_at {
                true => Ok(grant),
                false => Err(ErrorCode::TokenExpired),
            },
            _ if looks_like_a_token(token) => Err(ErrorCode::InvalidCredential),
            _ => Err(ErrorCode::InvalidToken),
        }
    }

    /// What a refresh token stands for under an account, and the access token it made last.
    ///
    /// # Errors
    /// `InvalidRefreshToken` if it is unknown or another account's, `RefreshTokenExpired` from thirty days on.
    pub(crate) fn of_refresh_token(
        &self,
        token: &str,
        appid: &str,
        now: Duration,
    ) -> Result<(&Grant, &str), ErrorCode> {
        match self.issued.get(token) {
            Some(Issued {
                grant,
                kind: Kind::Refresh { access },
                expires_at,
            }) if grant.appid == appid => match now < *expires_at {
                true => Ok((grant, access)),
                false => Err(ErrorCode::RefreshTokenExpired),
            },
            _ => Err(ErrorCode::InvalidRefreshToken),
        }
    }

    /// Gives a valid refresh token's access token another two hours, or puts the fresh one in its place if it has
    /// expired, as the Open Platform's pages say.
    ///
    /// # Errors
    /// Those of [`Self::of_refresh_token`].
    pub(crate) fn refresh(
        &mut self,
        token: &str,
        appid: &str,
        fresh: String,
        now: Duration,
    ) -> Result<(String, Grant), ErrorCode> {
        let (grant, last) = self.of_refresh_token(token, appid, now)?;
        let grant = grant.clone();
        let is_valid = self.of_access_token(last, now).is_ok();
        let access_token = if is_valid { last.to_owned() } else { fresh };
        self.put_access(&access_token, grant.clone(), now);
        if let Some(Issued {
            kind: Kind::Refresh { access },
            ..
        }) = self.issued.get_mut(token)
        {
            access.clone_from(&access_token);
        }
        Ok((access_token, grant))
    }

    fn put_access(&mut self, text: &str, grant: Grant, now: Duration) {
        let expires_at = now.saturating_add(TOKEN_LIFETIME);
        self.put(text.into(), grant, expires_at, Kind::Access);
    }

    fn put(&mut self, text: String, grant: Grant, expires_at: Duration, kind: Kind) {
        let issued = Issued {
            grant,
            expires_at,
            kind,
        };
        self.issued.insert(text, issued);
    }

    fn forget(&mut self, now: Duration) {
        self.issued.retain(|_, issued| match issued.kind {
            Kind::Code { .. } => now < issued.expires_at,
            _ => now < issued.expires_at.saturating_add(REMEMBERED),
        });
    }
}

/// Whether a text that was never issued might have been.
pub(super) fn looks_like_a_token(text: &str) -> bool {
    let (number, body) = text.split_once('_').unwrap_or_default();
    let is_body_byte = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
    let is_number = number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit());
    is_number && body.len() >= 64 && body.bytes().all(is_body_byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(1000 + seconds)
    }

    const MINUTES: Duration = Duration::from_secs(300);

    fn grants(lifetime: Duration) -> Grants {
        let mut grants = Grants::default();
        let grant = Grant::real("a", "p", GrantedScope::Base);
        grants.issue_code("c".into(), grant.clone(), lifetime, at(0));
        grants.issue_tokens("t", "r", grant, at(0));
        grants
    }

    #[test]
    fn a_code_is_good_until_its_last_second_and_called_used_until_then() {
        for tries in ["b0:40029 a299:0 a299:40163 a300:40029", "a300:40029"] {
            let mut grants = grants(MINUTES);
            for one in tries.split(' ') {
                let (asked, outcome) = one.split_once(':').unwrap();
                let (appid, age) = asked.split_at(1);
                let redeemed = grants.redeem("c", appid, at(age.parse().unwrap()));
                let errcode = redeemed.map_or_else(|refusal| refusal.number(), |_| 0);
                assert_eq!(errcode.to_string(), outcome, "{one}");
            }
        }
    }

    #[test]
    fn codes_are_numbered_until_they_expire() {
        let mut grants = grants(MINUTES);
        let grant = Grant::real("a", "p", GrantedScope::Base);
        grants.issue_code("d".into(), grant.clone(), MINUTES, at(0));
        let _ = grants.redeem("d", "a", at(0));
        assert_eq!(
            ["c", "d", "t"].map(|it| grants.number_of(it)),
            [Some(1), Some(2), None]
        );
        grants.issue_code("e".into(), grant, MINUTES, at(300));
        assert_eq!(["d", "e"].map(|it| grants.number_of(it)), [None, Some(3)]);
    }

    #[test]
    fn tokens_live_two_hours_and_a_refresh_before_the_end_extends_the_same() {
        let mut grants = grants(MINUTES);
        let find = |grants: &Grants, token, age| grants.of_access_token(token, at(age)).map(drop);
        let refresh = |grants: &mut Grants, appid, age| {
            let refreshed = grants.refresh("r", appid, "new".into(), at(age));
            refreshed.map(|(token, _)| token)
        };
        assert_eq!(find(&grants, "t", 7199), Ok(()));
        assert_eq!(find(&grants, "t", 7200), Err(ErrorCode::TokenExpired));
        assert_eq!(
            refresh(&mut grants, "b", 0),
            Err(ErrorCode::InvalidRefreshToken)
        );
        assert_eq!(refresh(&mut grants, "a", 7199), Ok("t".into()));
        assert_eq!(find(&grants, "t", 7199 + 7199), Ok(()));
        assert_eq!(refresh(&mut grants, "a", 7199 + 7200), Ok("new".into()));
        assert_eq!(
            find(&grants, "t", 7199 + 7200),
            Err(ErrorCode::TokenExpired)
        );
        assert_eq!(find(&grants, "new", 7199 + 7200 + 7199), Ok(()));
        // Thirty days from the exchange, however often it was used.
        let days = 30 * 24 * 3600;
        assert!(refresh(&mut grants, "a", days - 1).is_ok());
        assert_eq!(
            refresh(&mut grants, "a", days),
            Err(ErrorCode::RefreshTokenExpired)
        );
    }

    #[test]
    fn an_unknown_token_is_told_from_a_malformed_one() {
        for (token, refusal) in [
            (
                format!("86_{}", "x".repeat(64)),
                ErrorCode::InvalidCredential,
            ),
            (format!("86_{}", "x".repeat(63)), ErrorCode::InvalidToken),
            (format!("8x_{}", "x".repeat(64)), ErrorCode::InvalidToken),
            ("x".repeat(100), ErrorCode::InvalidToken),
        ] {
            let found = Grants::default().of_access_token(&token, at(0)).err();
            assert_eq!(found, Some(refusal), "{token}");
        }
    }
}
