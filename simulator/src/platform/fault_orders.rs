//! Fault rules as the platform applies them: who a request is about, and what it meets.

use std::time::Duration;

use crate::raw_query::RawQuery;

use super::codes::Grant;
use super::{
    ActiveFault, Effect, Endpoint, Fault, Habit, Platform, Problem, Problems, Subject, Verdict,
};

/// How long WeChat's servers take for every answer about a slow person.
const SLOW: Duration = Duration::from_secs(5);

/// What happens to a redirect on its way to the app.
pub(crate) enum Delivery {
    /// It goes to this address.
    Once(String),
    /// It goes there twice.
    Twice(String),
}

impl Platform {
    /// Puts a fault rule in force and gives its id.
    ///
    /// # Errors
    /// Everything that is wrong with the rule, an unknown appid or person included.
    pub fn add_fault(&mut self, fault: Fault) -> Result<u64, Problems> {
        let unknown_appid = fault.appid.as_ref().filter(|id| self.account(id).is_none());
        if let Some(appid) = unknown_appid {
            return Err(Problems(vec![Problem::new(
                "appid",
                format!("there is no account {appid:?}"),
                "use the appid of an account, or leave it out for all",
            )]));
        }
        let unknown_person = fault
            .person
            .as_ref()
            .filter(|id| self.people.get(id).is_none());
        if let Some(person) = unknown_person {
            return Err(Problems(vec![Problem::new(
                "person",
                format!("there is no person {person:?}"),
                "use an id of GET /_simulator/personas, or leave it out for everybody",
            )]));
        }
        self.faults.add(fault)
    }

    /// All fault rules in force, oldest first.
    pub fn faults(&self) -> Vec<ActiveFault> {
        self.faults.all()
    }

    /// Ends one fault rule. `false`: there is none of this id (any more).
    pub fn remove_fault(&mut self, id: u64) -> bool {
        self.faults.remove(id)
    }

    /// Ends all fault rules.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
    }

    /// What a request to the server API meets, the slowness of its person included. `appid` and `person` of the rules
    /// are compared with what the request says, and with what its code or token stands for.
    pub(crate) fn meet_api_fault(&mut self, endpoint: Endpoint, query: &RawQuery) -> Verdict {
        let token = |name: &str| {
            query
                .get(name)
                .and_then(|token| self.tokens.grant_of(token))
        };
        let grant = match endpoint {
            Endpoint::AccessToken => query.get("code").and_then(|code| self.codes.grant_of(code)),
            Endpoint::RefreshToken => token("refresh_token"),
            Endpoint::Userinfo | Endpoint::Auth => token("access_token"),
            Endpoint::Authorize | Endpoint::Token | Endpoint::StableToken => None,
        };
        let is_slow = grant.is_some_and(|grant| self.habit_of(grant) == Some(Habit::Slow));
        let of_grant = grant.map(|grant| grant.appid.as_str());
        let subject = Subject {
            appid: query.get("appid").or(of_grant).map(str::to_owned),
            person: grant.map(|grant| grant.person.clone()),
        };
        let mut verdict = self.faults.meet(endpoint, &subject);
        if is_slow {
            verdict.delay = verdict.delay.saturating_add(SLOW);
        }
        verdict
    }

    /// What a browser meets at the authorize page.
    pub(crate) fn meet_page_fault(&mut self, appid: Option<&str>, person: &str) -> Verdict {
        let subject = Subject {
            appid: appid.map(str::to_owned),
            person: Some(person.to_owned()),
        };
        self.faults.meet(Endpoint::Authorize, &subject)
    }

    /// What happens to a redirect; `None` if it carries no code of ours.
    pub(crate) fn meet_delivery(&mut self, location: &str) -> Option<Delivery> {
        let code = code_in(location)?;
        let grant = self.codes.grant_of(code)?.clone();
        let subject = Subject {
            appid: Some(grant.appid.clone()),
            person: Some(grant.person.clone()),
        };
        Some(match self.faults.meet_delivery(&subject) {
            Some(Effect::CallbackTwice) => Delivery::Twice(location.to_owned()),
            Some(Effect::StaleCode) => {
                let stale = self.stale_code(&grant);
                Delivery::Once(location.replacen(code, &stale, 1))
            }
            _ if self.settings.deliver_twice => Delivery::Twice(location.to_owned()),
            _ => Delivery::Once(location.to_owned()),
        })
    }

    /// A used code of somebody else under the same account. Where there is nobody else it is at least a used one.
    fn stale_code(&mut self, grant: &Grant) -> String {
        let other = self.people.iter().find(|person| person.id != grant.person);
        let person = other.map_or(&grant.person, |person| &person.id).clone();
        let code = self.issue(Grant::real(&grant.appid, person, grant.scope));
        self.codes.spoil(&code);
        code
    }
}

/// The code we put into an address: the last parameter of this name, because ours stands behind the app's own.
fn code_in(location: &str) -> Option<&str> {
    let query = location.split('#').next()?.split_once('?')?.1;
    query
        .split('&')
        .rev()
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
