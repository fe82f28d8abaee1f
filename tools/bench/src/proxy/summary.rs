//! All that was measured, and its medians.

use bench::report::spread::Spread;

use crate::contender::Contender;
use crate::cores::Sharing;
use crate::measure::Measured;
use crate::plan::Step;
use crate::scenario::Scenario;

/// A figure of a measurement.
pub(crate) type Figure = fn(&Measured) -> f64;

/// One measurement.
pub(crate) struct Sample {
    pub(crate) step: Step,
    pub(crate) measured: Measured,
}

/// All of them.
#[derive(Default)]
pub(crate) struct Summary {
    samples: Vec<Sample>,
}

impl Summary {
    pub(crate) fn add(&mut self, step: Step, measured: Measured) {
        self.samples.push(Sample { step, measured });
    }

    /// Who was measured, in the order of the tables.
    pub(crate) fn contenders(&self, sharing: Sharing, scenario: Scenario) -> Vec<Contender> {
        let is_there = |contender: &Contender| {
            let step = Step {
                sharing,
                scenario,
                contender: *contender,
            };
            self.samples.iter().any(|sample| sample.step == step)
        };
        Contender::ALL.into_iter().filter(is_there).collect()
    }

    /// A figure over all rounds; nothing of what was left out.
    pub(crate) fn spread(&self, step: Step, figure: Figure) -> Option<Spread> {
        let of_it = self.samples.iter().filter(|sample| sample.step == step);
        Spread::of(of_it.map(|sample| figure(&sample.measured)).collect())
    }

    /// Its median.
    pub(crate) fn median(&self, step: Step, figure: Figure) -> Option<f64> {
        Some(self.spread(step, figure)?.median)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::time::Duration;

    use bench::report::latency::Latency;

    use super::*;
    use crate::plan::Wanted;

    pub(crate) fn measured(per_second: f64) -> Measured {
        let latency = |milliseconds| Latency {
            median: Duration::from_millis(milliseconds),
            p99: Duration::from_millis(3 * milliseconds),
        };
        Measured {
            per_second,
            full: latency(10),
            half: latency(1),
            cpu: 1_000.0 / per_second,
            busy: 0.99,
            rest: 10_000_000.0,
            peak: 20_000_000.0,
            peak_rss: 22_000_000.0,
        }
    }

    /// One round of everything: nginx 12,000 a second, ours 6,000, Node 1,200, Python 400.
    pub(crate) fn summary() -> Summary {
        let mut summary = Summary::default();
        for sharing in Sharing::ALL {
            for step in Wanted::default().round(sharing, 0) {
                let per_second = match step.contender {
                    Contender::Nginx => 12_000.0,
                    Contender::Sqlite | Contender::Postgres | Contender::Memory => 6_000.0,
                    Contender::Node => 1_200.0,
                    Contender::Python => 400.0,
                };
                summary.add(step, measured(per_second));
            }
        }
        summary
    }

    #[test]
    fn a_figure_is_the_median_of_its_own_step() {
        let mut summary = summary();
        let step = Step {
            sharing: Sharing::Apart,
            scenario: Scenario::Exchange,
            contender: Contender::Node,
        };
        summary.add(step, measured(1_000.0));
        summary.add(step, measured(1_100.0));
        let spread = summary.spread(step, |it| it.per_second).unwrap();
        assert_eq!(
            (spread.least, spread.median, spread.most),
            (1_000.0, 1_100.0, 1_200.0)
        );
        let other = Step {
            scenario: Scenario::Put,
            ..step
        };
        assert_eq!(summary.median(other, |it| it.per_second), None);
    }
}
