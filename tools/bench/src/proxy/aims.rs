//! What we want to be, and whether we are.

use crate::contender::Contender;
use crate::cores::Sharing;
use crate::plan::Step;
use crate::scenario::Scenario;
use crate::summary::{Figure, Summary};

/// One aim and what was measured.
pub(crate) struct Aim {
    pub(crate) what: &'static str,
    /// As in `× 5.3` or `3.1 ms`.
    pub(crate) measured: String,
    pub(crate) is_met: bool,
}

/// All aims, with the server alone on one core. Empty where something was left out.
pub(crate) fn all(summary: &Summary) -> Vec<Aim> {
    let median = |scenario, contender, figure: Figure| {
        let sharing = Sharing::Apart;
        let step = Step {
            sharing,
            scenario,
            contender,
        };
        summary.median(step, figure)
    };
    let exchange = |contender, figure: Figure| median(Scenario::Exchange, contender, figure);
    let ours = exchange(Contender::Sqlite, |it| it.per_second);
    let times = |what, other, at_least: f64| {
        let ratio = ours? / exchange(other, |it| it.per_second)?;
        Some(Aim {
            what,
            measured: format!("× {ratio:.2}"),
            is_met: ratio >= at_least,
        })
    };
    let memory = || {
        let bytes = exchange(Contender::Sqlite, |it| it.peak_rss)?;
        Some(Aim {
            what: "exchange: less than 25 MB of memory under load (RSS)",
            measured: format!("{:.1} MB", bytes / 1e6),
            is_met: bytes < 25e6,
        })
    };
    let waiting = || {
        let figure: Figure = |it| it.half.p99.as_secs_f64() * 1_000.0;
        let milliseconds = median(Scenario::Auth, Contender::Sqlite, figure)?;
        Some(Aim {
            what: "`GET /api/auth`: 99 of 100 within 5 ms at half load",
            measured: format!("{milliseconds:.2} ms"),
            is_met: milliseconds < 5.0,
        })
    };
    [
        times(
            "exchange: at least half as many in a second as nginx passes on",
            Contender::Nginx,
            0.5,
        ),
        times("exchange: 5 times as many as Node", Contender::Node, 5.0),
        times(
            "exchange: 15 times as many as Python",
            Contender::Python,
            15.0,
        ),
        memory(),
        waiting(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::tests::{measured, summary};

    #[test]
    fn an_aim_is_met_at_its_limit() {
        let aims = all(&summary());
        let told: Vec<&str> = aims.iter().map(|aim| aim.measured.as_str()).collect();
        assert_eq!(told, ["× 0.50", "× 5.00", "× 15.00", "22.0 MB", "3.00 ms"]);
        assert!(aims.iter().all(|aim| aim.is_met));
    }

    #[test]
    fn an_aim_is_missed_just_below_it() {
        let mut summary = Summary::default();
        for (contender, per_second) in [(Contender::Sqlite, 4_999.0), (Contender::Node, 1_000.0)] {
            let step = Step {
                sharing: Sharing::Apart,
                scenario: Scenario::Exchange,
                contender,
            };
            let mut figures = measured(per_second);
            figures.peak_rss = 25e6;
            summary.add(step, figures);
        }
        let met: Vec<bool> = all(&summary).iter().map(|aim| aim.is_met).collect();
        assert_eq!(met, [false, false]);
    }
}
