//! Which request meets a fault rule, and which one.

use std::time::Duration;

use crate::query::Query;

use super::grants::Grant;
use super::{ActiveFault, Effect, Endpoint, Fault, Habit, Platform, Problems, Verdict};

/// How long WeChat's servers take for every answer about a slow person.
const SLOW: Duration = Duration::from_secs(5);

impl Platform {
    /// Puts a fault rule in force and gives its id.
    ///
    /// # Errors
    /// Everything that is wrong with the rule, an unknown appid or person included.
    pub fn add_fault(&mut self, fault: Fault) -> Result<u64, Problems> {
        let unknown_account = |id: &&String| self.account(id).is_none();
        if let Some(appid) = fault.appid.as_ref().filter(unknown_account) {
            let fix = "use the appid of an account, or leave it out for all";
            return Err(Problems::one(
                "appid",
                format!("there is no account {appid:?}; {fix}"),
            ));
        }
        let unknown_person = |id: &&String| self.people.get(id).is_none();
        if let Some(person) = fault.person.as_ref().filter(unknown_person) {
            let fix = "use an id of GET /_simulator/personas, or leave it out for everybody";
            return Err(Problems::one(
                "person",
                format!("there is no person {person:?}; {fix}"),
            ));
        }
        fault.check()?;
        Ok(self.faults.add(fault))
    }

    /// All fault rules in force, oldest first.
    pub fn faults(&self) -> Vec<ActiveFault> {
        self.faults
            .rules
            .iter()
            .map(|(rule, _)| rule.clone())
            .collect()
    }

    /// Ends one fault rule. `false`: there is none of this id (any more).
    pub fn remove_fault(&mut self, id: u64) -> bool {
        let before = self.faults.rules.len();
        self.faults.rules.retain(|(rule, _)| rule.id != id);
        self.faults.rules.len() < before
    }

    /// Ends all fault rules.
    pub fn clear_faults(&mut self) {
        self.faults.rules.clear();
    }

    /// What a request to the server API meets, the slowness of its person included. `appid` and `person` of the rules
    /// are compared with what the request says, and with what its code or token stands for.
    pub(crate) fn meet_api_fault(&mut self, endpoint: Endpoint, query: &Query) -> Verdict {
        let name = match endpoint {
            Endpoint::AccessToken => "code",
            Endpoint::RefreshToken => "refresh_token",
            Endpoint::Userinfo | Endpoint::Auth => "access_token",
            Endpoint::CodeToSession => "js_code",
            _ => "",
        };
        let grant = query.get(name).and_then(|text| self.grants.of(text));
        let token = query.get("access_token");
        let owner = token.and_then(|token| self.account_of_token(token));
        let appid = query.get("appid").or(grant.map(|grant| &*grant.appid));
        let appid = appid.or(owner).map(str::to_owned);
        let person = match (grant, endpoint, &appid, query.get("openid")) {
            (Some(grant), ..) => self.people.get(&grant.person),
            (None, Endpoint::Follower, Some(appid), Some(openid)) => self.person_of(appid, openid),
            _ => None,
        };
        let is_slow = person.is_some_and(|person| person.habit == Some(Habit::Slow));
        let person = person.map(|person| person.id.clone());
        let mut verdict = self
            .faults
            .meet(false, endpoint, appid.as_deref(), person.as_deref());
        if is_slow {
            verdict.delay = verdict.delay.saturating_add(SLOW);
        }
        verdict
    }

    /// What a browser meets at the authorize page.
    pub(crate) fn meet_page_fault(&mut self, appid: Option<&str>, person: &str) -> Verdict {
        self.faults
            .meet(false, Endpoint::Authorize, appid, Some(person))
    }

    /// The address a redirect goes to, and whether it goes there twice; `None` if it carries no code of ours.
    pub(crate) fn meet_delivery(&mut self, location: &str) -> Option<(String, bool)> {
        let code = code_in(location)?;
        let grant = self.grants.of(code)?.clone();
        let (appid, person) = (Some(&*grant.appid), Some(&*grant.person));
        let verdict = self.faults.meet(true, Endpoint::Authorize, appid, person);
        Some(match verdict.effect {
            Some(Effect::StaleCode) => {
                (location.replacen(code, &self.stale_code(&grant), 1), false)
            }
            Some(_) => (location.to_owned(), true),
            None => (location.to_owned(), self.settings.deliver_twice),
        })
    }

    /// A used code of somebody else under the same account. Where there is nobody else it is at least a used one.
    fn stale_code(&mut self, grant: &Grant) -> String {
        let other = self.people.iter().find(|person| person.id != grant.person);
        let person = other.map_or(&grant.person, |person| &person.id).clone();
        let code = self.issue(Grant::real(&grant.appid, &person, grant.scope));
        let _spent = self.grants.redeem(&code, &grant.appid, self.now());
        code
    }
}

/// The code we put into an address: the last parameter of this name, because ours stands behind the app's own.
fn code_in(location: &str) -> Option<&str> {
    let query = location.split('#').next()?.split_once('?')?.1;
    query
        .rsplit('&')
        .find_map(|pair| pair.strip_prefix("code="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_code_is_found_behind_one_of_the_apps() {
        for (location, code) in [
            ("http://h/?code=C&state=S", Some("C")),
            ("http://h/?code=1&x=2&code=C&state=S#?code=9", Some("C")),
            ("http://h/?state=S", None),
            ("http://h/code=C", None),
            ("/_simulator#?code=C", None),
        ] {
            assert_eq!(code_in(location), code, "{location}");
        }
    }
}
