//! What is measured in which order.

use crate::contender::Contender;
use crate::cores::Sharing;
use crate::scenario::Scenario;

/// One kind of request to one server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) sharing: Sharing,
    pub(crate) scenario: Scenario,
    pub(crate) contender: Contender,
}

/// What of everything is wanted; an empty list stands for all.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) sharings: Vec<Sharing>,
    pub(crate) scenarios: Vec<Scenario>,
    pub(crate) contenders: Vec<Contender>,
}

impl Wanted {
    /// Whether nothing is left out.
    pub(crate) fn is_everything(&self) -> bool {
        self.sharings.is_empty() && self.scenarios.is_empty() && self.contenders.is_empty()
    }

    /// The steps of a round. Another server goes first each time, so that none always follows the same one.
    pub(crate) fn round(&self, sharing: Sharing, round: u32) -> Vec<Step> {
        let mut steps = Vec::new();
        if !is_in(&self.sharings, sharing) {
            return steps;
        }
        for scenario in Scenario::ALL {
            if !(is_in(&self.scenarios, scenario) && is_measured(sharing, scenario)) {
                continue;
            }
            let mut contenders: Vec<Contender> = scenario
                .contenders()
                .iter()
                .copied()
                .filter(|it| is_in(&self.contenders, *it))
                .collect();
            let first = round as usize % contenders.len().max(1);
            contenders.rotate_left(first);
            steps.extend(contenders.into_iter().map(|contender| Step {
                sharing,
                scenario,
                contender,
            }));
        }
        steps
    }
}

fn is_in<T: PartialEq>(wanted: &[T], one: T) -> bool {
    wanted.is_empty() || wanted.contains(&one)
}

/// With everything on all cores the figures are about the whole machine; these two are enough to show it.
fn is_measured(sharing: Sharing, scenario: Scenario) -> bool {
    sharing == Sharing::Apart || matches!(scenario, Scenario::Exchange | Scenario::Auth)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(round: u32) -> Vec<Contender> {
        let steps = Wanted::default().round(Sharing::Apart, round);
        let of_it = steps
            .into_iter()
            .filter(|step| step.scenario == Scenario::Exchange);
        of_it.map(|step| step.contender).collect()
    }

    #[test]
    fn another_one_goes_first_each_time() {
        assert_eq!(exchange(0), Contender::ALL);
        assert_eq!(exchange(1).last(), exchange(0).first());
        assert_eq!(exchange(6), exchange(0));
    }

    #[test]
    fn what_is_wanted_is_measured_and_nothing_else() {
        let wanted = Wanted {
            contenders: vec![Contender::Postgres],
            scenarios: vec![Scenario::Put, Scenario::Auth],
            ..Wanted::default()
        };
        let steps = wanted.round(Sharing::Apart, 3);
        let (sharing, scenario, contender) = (Sharing::Apart, Scenario::Put, Contender::Postgres);
        let put = Step {
            sharing,
            scenario,
            contender,
        };
        assert_eq!(steps, [put]);
        assert!(!wanted.is_everything() && Wanted::default().is_everything());
    }
}
