//! One-time codes on their way through the browser.

use std::collections::HashMap;
use std::time::Duration;

use super::GrantedScope;
use super::api_refusal::ApiRefusal;

/// WeChat's web authorization page: a code not used within five minutes expires. It is good at 299 seconds and dead
/// at 300; the exact edge is our choice.
pub(crate) const CODE_LIFETIME: Duration = Duration::from_secs(300);

/// WeChat's page on website applications: their codes live ten minutes.
pub(crate) const LOGIN_CODE_LIFETIME: Duration = Duration::from_secs(600);

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
    pub(crate) fn real(
        appid: impl Into<String>,
        person: impl Into<String>,
        scope: GrantedScope,
    ) -> Self {
        Self {
            appid: appid.into(),
            person: person.into(),
            scope,
            virtual_user: false,
            flagged: false,
        }
    }
}

struct IssuedCode {
    grant: Grant,
    issued_at: Duration,
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
        self.issued.insert(
            code,
            IssuedCode {
                grant,
                issued_at: now,
                used: false,
                number: self.counted,
            },
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
    ) -> Result<Grant, ApiRefusal> {
        self.forget_expired(now);
        let issued = self
            .issued
            .get_mut(code)
            .filter(|issued| issued.grant.appid == appid)
            .ok_or(ApiRefusal::InvalidCode)?;
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
        self.issued.retain(|_, issued| {
            now.saturating_sub(issued.issued_at) < lifetime(issued.grant.scope)
        });
    }
}

const fn lifetime(scope: GrantedScope) -> Duration {
    match scope {
        GrantedScope::Login => LOGIN_CODE_LIFETIME,
        _ => CODE_LIFETIME,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::from_secs(1000);

    fn codes() -> Codes {
        let mut codes = Codes::default();
        codes.issue("c".into(), Grant::real("a", "p", GrantedScope::Base), START);
        codes
    }

    fn redeem(codes: &mut Codes, appid: &str, age_seconds: u64) -> Result<String, ApiRefusal> {
        codes
            .redeem("c", appid, START + Duration::from_secs(age_seconds))
            .map(|grant| grant.person)
    }

    #[test]
    fn a_code_is_good_at_299_seconds_and_dead_at_300() {
        assert_eq!(redeem(&mut codes(), "a", 299), Ok("p".into()));
        assert_eq!(redeem(&mut codes(), "a", 300), Err(ApiRefusal::InvalidCode));
    }

    #[test]
    fn a_used_code_is_called_used_until_it_expires() {
        let mut codes = codes();
        assert_eq!(redeem(&mut codes, "a", 0), Ok("p".into()));
        assert_eq!(redeem(&mut codes, "a", 299), Err(ApiRefusal::CodeUsed));
        assert_eq!(redeem(&mut codes, "a", 300), Err(ApiRefusal::InvalidCode));
    }

    #[test]
    fn codes_are_numbered_until_they_expire() {
        let mut codes = codes();
        let grant = Grant::real("a", "p", GrantedScope::Base);
        codes.issue("d".into(), grant.clone(), START);
        let _ = codes.redeem("d", "a", START);
        assert_eq!(codes.number_of("c"), Some(1));
        assert_eq!(codes.number_of("d"), Some(2));
        codes.issue("e".into(), grant, START + CODE_LIFETIME);
        assert_eq!(codes.number_of("d"), None);
        assert_eq!(codes.number_of("e"), Some(3));
    }

    #[test]
    fn another_account_cannot_redeem_nor_spoil_a_code() {
        let mut codes = codes();
        assert_eq!(redeem(&mut codes, "b", 0), Err(ApiRefusal::InvalidCode));
        assert_eq!(redeem(&mut codes, "a", 0), Ok("p".into()));
    }

    #[test]
    fn a_website_applications_code_is_good_at_599_seconds_and_dead_at_600() {
        for (age, outcome) in [(599, Ok("p".into())), (600, Err(ApiRefusal::InvalidCode))] {
            let mut codes = Codes::default();
            codes.issue(
                "c".into(),
                Grant::real("a", "p", GrantedScope::Login),
                START,
            );
            assert_eq!(redeem(&mut codes, "a", age), outcome);
        }
    }
}
