//! The fault rules in force, each with the lots it draws: no clock, randomness from a seed.

use std::time::Duration;

use serde::Serialize;

use super::{Effect, Endpoint, Fault};

/// A rule in force.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ActiveFault {
    /// By which it is removed.
    pub id: u64,
    /// As it was ordered.
    #[serde(flatten)]
    pub fault: Fault,
    /// How often it will still strike. `None`: until it is removed.
    pub left: Option<u32>,
}

impl ActiveFault {
    fn applies_to(&self, endpoint: Endpoint, appid: Option<&str>, person: Option<&str>) -> bool {
        let fits = |wanted: &Option<String>, given| wanted.is_none() || wanted.as_deref() == given;
        self.fault.endpoint == endpoint
            && fits(&self.fault.appid, appid)
            && fits(&self.fault.person, person)
    }
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

/// All rules in force, oldest first, each with the lots it draws.
#[derive(Default)]
pub(crate) struct Faults {
    pub(super) rules: Vec<(ActiveFault, fastrand::Rng)>,
    numbered: u64,
}

impl Faults {
    pub(super) fn add(&mut self, fault: Fault) -> u64 {
        self.numbered = self.numbered.saturating_add(1);
        let lots = fastrand::Rng::with_seed(fault.seed);
        let left = fault.count;
        self.rules.push((
            ActiveFault {
                id: self.numbered,
                fault,
                left,
            },
            lots,
        ));
        self.numbered
    }

    /// What a request meets, or for a `delivery` a redirect with a code on its way to the app. All delays that apply add
    /// up; of everything else the oldest rule wins and only it is counted.
    pub(super) fn meet(
        &mut self,
        delivery: bool,
        endpoint: Endpoint,
        appid: Option<&str>,
        person: Option<&str>,
    ) -> Verdict {
        let mut verdict = Verdict::default();
        for (rule, lots) in &mut self.rules {
            let effect = rule.fault.effect.clone();
            if !rule.applies_to(endpoint, appid, person) || effect.is_delivery() != delivery {
                continue;
            }
            let is_delay = matches!(effect, Effect::Delay { .. });
            if !is_delay && verdict.effect.is_some() || lots.f64() >= rule.fault.probability {
                continue;
            }
            rule.left = rule.left.map(|left| left.saturating_sub(1));
            if let Effect::Delay { millis } = effect {
                verdict.delay = verdict.delay.saturating_add(Duration::from_millis(millis));
            } else {
                verdict.after_work = rule.fault.after_work || effect.always_after_work();
                verdict.effect = Some(effect);
            }
        }
        self.rules.retain(|(rule, _)| rule.left != Some(0));
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults<const N: usize>(rules: [Fault; N]) -> Faults {
        let mut faults = Faults::default();
        for rule in rules {
            faults.add(rule);
        }
        faults
    }

    fn meets(faults: &mut Faults, endpoint: Endpoint) -> bool {
        let verdict = faults.meet(false, endpoint, Some("a"), Some("p"));
        verdict.effect.is_some()
    }

    #[test]
    fn delays_add_up_and_the_oldest_of_the_others_wins_and_counts_alone() {
        let effects = [
            Effect::Delay { millis: 20 },
            Effect::EmptyBody,
            Effect::HtmlBody,
            Effect::Delay { millis: 3 },
        ];
        let mut faults = faults(effects.map(|effect| Fault::new(Endpoint::Auth, effect).times(1)));
        let verdict = faults.meet(false, Endpoint::Auth, None, None);
        assert_eq!(verdict.delay, Duration::from_millis(23));
        assert_eq!(verdict.effect, Some(Effect::EmptyBody));
        let left: Vec<_> = faults
            .rules
            .iter()
            .map(|(rule, _)| &rule.fault.effect)
            .collect();
        assert_eq!(left, [&Effect::HtmlBody]);
    }

    #[test]
    fn the_same_seed_draws_the_same_lots() {
        let draw = |seed: u64| {
            let fault = Fault::new(Endpoint::Token, Effect::EmptyBody).with_probability(0.5, seed);
            let mut faults = faults([fault]);
            (0..64)
                .map(|_| meets(&mut faults, Endpoint::Token))
                .collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        let hits = draw(7).into_iter().filter(|hit| *hit).count();
        assert!((16..=48).contains(&hits), "{hits}");
    }
}
