//! One-time codes on their way through the browser.

use std::collections::HashMap;
use std::time::Duration;

use crate::wechat::{ApiRefusal, CODE_LIFETIME, LOGIN_CODE_LIFETIME};

use super::GrantedScope;

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

    fn code_lifetime(&self) -> Duration {
        match self.scope {
            GrantedScope::Login => LOGIN_CODE_LIFETIME,
            _ => CODE_LIFETIME,
        }
    }
}

struct IssuedCode {
    grant: Grant,
    expires_at: Duration,
    used: bool,
    number: u64,
}

/// All codes that have not expired, used ones included.
#[derive(Default)]
pub(crate) struct Codes {
    issued: HashMap<String, IssuedCode>,
    counted: u64,
}

impl Codes {
    /// Remembers a fresh code.
    pub(crate) fn issue(&mut self, code: String, grant: Grant, now: Duration) {
        self.forget_expired(now);
        self.counted = self.counted.saturating_add(1);
        let issued = IssuedCode {
            expires_at: now.saturating_add(grant.code_lifetime()),
            grant,
            used: false,
            number: self.counted,
        };
        self.issued.insert(code, issued);
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
    ) -> Result<Grant, ApiRefusal> {
        self.forget_expired(now);
        let issued = self
            .issued
            .get_mut(code)
            .filter(|issued| issued.grant.appid == appid);
        let issued = issued.ok_or(ApiRefusal::InvalidCode)?;
        if issued.used {
            return Err(ApiRefusal::CodeUsed);
        }
        issued.used = true;
        Ok(issued.grant.clone())
    }

    /// What a code stands for, used or not, without using it.
    pub(crate) fn grant_of(&self, code: &str) -> Option<&Grant> {
        self.issued.get(code).map(|issued| &issued.grant)
    }

    /// The how manieth code it is, from 1; none if it is none or has expired.
    pub(crate) fn number_of(&self, code: &str) -> Option<u64> {
        self.issued.get(code).map(|issued| issued.number)
    }

    /// Uses a code up without giving anything for it.
    pub(crate) fn spoil(&mut self, code: &str) {
        if let Some(issued) = self.issued.get_mut(code) {
            issued.used = true;
        }
    }

    fn forget_expired(&mut self, now: Duration) {
        self.issued.retain(|_, issued| now < issued.expires_at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::from_secs(1000);

    fn codes(scope: GrantedScope) -> Codes {
        let mut codes = Codes::default();
        codes.issue("c".into(), Grant::real("a", "p", scope), START);
        codes
    }

    fn redeem(codes: &mut Codes, appid: &str, age_seconds: u64) -> Result<(), ApiRefusal> {
        let now = START + Duration::from_secs(age_seconds);
        codes.redeem("c", appid, now).map(drop)
    }

    #[test]
    fn a_code_is_good_until_its_last_second() {
        for (scope, age, outcome) in [
            (GrantedScope::Base, 299, Ok(())),
            (GrantedScope::Base, 300, Err(ApiRefusal::InvalidCode)),
            (GrantedScope::Login, 599, Ok(())),
            (GrantedScope::Login, 600, Err(ApiRefusal::InvalidCode)),
        ] {
            assert_eq!(redeem(&mut codes(scope), "a", age), outcome, "{age}");
        }
    }

    #[test]
    fn a_used_code_is_called_used_until_it_expires_and_another_account_cannot_use_it() {
        let mut codes = codes(GrantedScope::Base);
        for (appid, age, outcome) in [
            ("b", 0, Err(ApiRefusal::InvalidCode)),
            ("a", 0, Ok(())),
            ("a", 299, Err(ApiRefusal::CodeUsed)),
            ("a", 300, Err(ApiRefusal::InvalidCode)),
        ] {
            assert_eq!(redeem(&mut codes, appid, age), outcome, "{appid} {age}");
        }
    }

    #[test]
    fn codes_are_numbered_until_they_expire() {
        let mut codes = codes(GrantedScope::Base);
        let grant = Grant::real("a", "p", GrantedScope::Base);
        codes.issue("d".into(), grant.clone(), START);
        let _ = codes.redeem("d", "a", START);
        assert_eq!(
            ["c", "d"].map(|code| codes.number_of(code)),
            [Some(1), Some(2)]
        );
        codes.issue("e".into(), grant, START + CODE_LIFETIME);
        assert_eq!(
            ["d", "e"].map(|code| codes.number_of(code)),
            [None, Some(3)]
        );
    }
}
