//! Faults on order: which request meets one, and which one. Pure: no HTTP, no clock, randomness from a seed.

mod effect;
mod rule;
mod spelling;
mod validate;

use std::time::Duration;

use super::Problems;

pub use effect::{Effect, Endpoint};
pub use rule::{ActiveFault, Fault};

use rule::Rule;

/// Who a request is about, as far as it tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Subject {
    /// The account.
    pub(crate) appid: Option<String>,
    /// The person behind the code or token.
    pub(crate) person: Option<String>,
}

/// What happens to one request.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Verdict {
    /// Waited for before anything else.
    pub(crate) delay: Duration,
    /// What spoils the answer; `None`: it comes as always.
    pub(crate) effect: Option<Effect>,
    /// The work is done before the answer is spoiled, so that a code is spent.
    pub(crate) after_work: bool,
}

/// All rules in force, oldest first.
#[derive(Default)]
pub(crate) struct Faults {
    rules: Vec<Rule>,
    numbered: u64,
}

impl Faults {
    /// Puts a rule in force and gives its id.
    ///
    /// # Errors
    /// Everything that makes the rule one that could never apply or would not be what its author thinks.
    pub(crate) fn add(&mut self, fault: Fault) -> Result<u64, Problems> {
        validate::check(&fault)?;
        self.numbered = self.numbered.saturating_add(1);
        self.rules.push(Rule::new(self.numbered, fault));
        Ok(self.numbered)
    }

    /// All rules in force, oldest first.
    pub(crate) fn all(&self) -> Vec<ActiveFault> {
        self.rules.iter().map(Rule::to_public).collect()
    }

    /// Ends one rule. `false`: there is none of this id (any more).
    pub(crate) fn remove(&mut self, id: u64) -> bool {
        let before = self.rules.len();
        self.rules.retain(|rule| rule.id() != id);
        self.rules.len() < before
    }

    /// Ends all rules.
    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// What a request meets on arrival. All delays that apply add up; of everything else the oldest rule wins and
    /// only it is counted.
    pub(crate) fn meet(&mut self, endpoint: Endpoint, subject: &Subject) -> Verdict {
        self.take(endpoint, subject, |effect| !effect.is_delivery())
    }

    /// What a redirect with a code meets on its way to the app: only `CallbackTwice` and `StaleCode`.
    pub(crate) fn meet_delivery(&mut self, subject: &Subject) -> Option<Effect> {
        self.take(Endpoint::Authorize, subject, Effect::is_delivery)
            .effect
    }

    fn take(
        &mut self,
        endpoint: Endpoint,
        subject: &Subject,
        wanted: impl Fn(&Effect) -> bool,
    ) -> Verdict {
        let mut verdict = Verdict::default();
        for rule in &mut self.rules {
            let effect = rule.effect().clone();
            if !rule.applies_to(endpoint, subject) || !wanted(&effect) {
                continue;
            }
            if let Effect::Delay { millis } = effect {
                if rule.fires() {
                    verdict.delay = verdict.delay.saturating_add(Duration::from_millis(millis));
                }
            } else if verdict.effect.is_none() && rule.fires() {
                verdict.after_work = rule.is_after_work();
                verdict.effect = Some(effect);
            }
        }
        self.rules.retain(|rule| !rule.is_spent());
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(appid: &str, person: &str) -> Subject {
        Subject {
            appid: Some(appid.into()),
            person: Some(person.into()),
        }
    }

    fn meets(faults: &mut Faults, endpoint: Endpoint) -> bool {
        faults.meet(endpoint, &subject("a", "p")).effect.is_some()
    }

    #[test]
    fn a_counted_rule_removes_itself() {
        let mut faults = Faults::default();
        let fault = Fault::new(Endpoint::Userinfo, Effect::EmptyBody).times(2);
        faults.add(fault).unwrap();
        assert!(!meets(&mut faults, Endpoint::Auth));
        assert!(meets(&mut faults, Endpoint::Userinfo));
        assert_eq!(faults.all()[0].left, Some(1));
        assert!(meets(&mut faults, Endpoint::Userinfo));
        assert!(!meets(&mut faults, Endpoint::Userinfo) && faults.all().is_empty());
    }

    #[test]
    fn a_rule_for_somebody_leaves_everybody_else_alone() {
        let mut faults = Faults::default();
        let fault = Fault::new(Endpoint::Userinfo, Effect::EmptyBody)
            .for_appid("a")
            .for_person("p");
        faults.add(fault).unwrap();
        for (subject, met) in [
            (subject("a", "p"), true),
            (subject("a", "q"), false),
            (subject("b", "p"), false),
            (Subject::default(), false),
        ] {
            let verdict = faults.meet(Endpoint::Userinfo, &subject);
            assert_eq!(verdict.effect.is_some(), met, "{subject:?}");
        }
    }

    #[test]
    fn delays_add_up_and_the_oldest_of_the_others_wins_and_counts_alone() {
        let mut faults = Faults::default();
        for effect in [
            Effect::Delay { millis: 20 },
            Effect::EmptyBody,
            Effect::HtmlBody,
            Effect::Delay { millis: 3 },
        ] {
            let fault = Fault::new(Endpoint::Auth, effect).times(1);
            faults.add(fault).unwrap();
        }
        let verdict = faults.meet(Endpoint::Auth, &Subject::default());
        assert_eq!(verdict.delay, Duration::from_millis(23));
        assert_eq!(verdict.effect, Some(Effect::EmptyBody));
        let left: Vec<_> = faults.all().into_iter().map(|f| f.fault.effect).collect();
        assert_eq!(left, [Effect::HtmlBody]);
    }

    #[test]
    fn the_same_seed_draws_the_same_lots() {
        let draw = |seed: u64| {
            let mut faults = Faults::default();
            let fault = Fault::new(Endpoint::Token, Effect::EmptyBody).with_probability(0.5, seed);
            faults.add(fault).unwrap();
            (0..64)
                .map(|_| meets(&mut faults, Endpoint::Token))
                .collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        let hits = draw(7).into_iter().filter(|hit| *hit).count();
        assert!((16..=48).contains(&hits), "{hits}");
    }

    #[test]
    fn deliveries_and_arrivals_are_met_apart() {
        let mut faults = Faults::default();
        let add = |faults: &mut Faults, effect| {
            faults
                .add(Fault::new(Endpoint::Authorize, effect).times(1))
                .unwrap()
        };
        add(&mut faults, Effect::CallbackTwice);
        assert!(!meets(&mut faults, Endpoint::Authorize));
        assert_eq!(
            faults.meet_delivery(&Subject::default()),
            Some(Effect::CallbackTwice)
        );
        let id = add(&mut faults, Effect::ResetBefore);
        assert_eq!(faults.meet_delivery(&Subject::default()), None);
        assert!(faults.remove(id) && !faults.remove(id));
    }
}
