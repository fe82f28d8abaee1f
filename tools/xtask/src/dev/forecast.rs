//! How far a build is and how long it still takes, from what cargo counts.
//!
//! Cargo counts the parts of a build, but a small crate is one as well as a large one, and the largest come last. So what
//! counts is which share of the whole time was gone when as many parts were done on a machine that was measured.

use std::time::{Duration, Instant};

/// The share of the time that was gone at each tenth of the parts.
type Curve = [f64; 11];

/// One of the steps until the page is there.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    /// What is built, in words.
    pub(super) what: &'static str,
    /// How many seconds it takes where nothing is there yet.
    seconds: f64,
    curve: Curve,
}

/// The steps of a first start, as measured on two cores.
const MEASURED: [Step; 2] = [
    Step {
        what: "simulator, proxy and tools",
        seconds: 115.0,
        curve: [
            0.0, 0.127, 0.18, 0.224, 0.267, 0.331, 0.415, 0.5, 0.576, 0.71, 1.0,
        ],
    },
    Step {
        what: "the app, for the browser",
        seconds: 48.0,
        curve: [
            0.0, 0.17, 0.27, 0.36, 0.44, 0.51, 0.59, 0.68, 0.78, 0.89, 1.0,
        ],
    },
];

/// The cores of the machine that was measured.
const CORES: f64 = 2.0;

/// The steps on a machine with so many cores.
pub(super) fn steps(cores: usize) -> [Step; 2] {
    // The last crates do not get faster by more cores.
    let faster = (CORES / u8::try_from(cores).map_or(8.0, f64::from)).clamp(0.35, 2.0);
    MEASURED.map(|step| Step {
        seconds: step.seconds * faster,
        ..step
    })
}

/// A step that runs.
#[derive(Debug)]
pub(super) struct Run {
    begun: Instant,
    /// When cargo counted for the first time, in seconds.
    first: Option<f64>,
    done: usize,
    total: usize,
    /// Parts that were there before.
    fresh: usize,
}

/// Within this time after the first count cargo has found what is there already.
const FINDING: f64 = 1.0;

impl Run {
    pub(super) fn begin() -> Run {
        Run {
            begun: Instant::now(),
            first: None,
            done: 0,
            total: 0,
            fresh: 0,
        }
    }

    /// How long it runs.
    pub(super) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Cargo has counted.
    pub(super) fn count(&mut self, seconds: f64, done: usize, total: usize) {
        let first = *self.first.get_or_insert(seconds);
        if seconds - first <= FINDING {
            self.fresh = done;
        }
        self.total = total;
        self.done = done;
    }

    /// Whether nearly nothing of it was there before. How long the rest takes otherwise depends on which parts they are.
    pub(super) fn is_whole(&self) -> bool {
        self.total >= 20 && self.fresh * 10 <= self.total
    }

    /// Parts done and parts in all, of those that were to do.
    pub(super) fn parts(&self) -> Option<(usize, usize)> {
        self.first?;
        let all = self.total.checked_sub(self.fresh).filter(|it| *it > 0)?;
        Some((self.done.saturating_sub(self.fresh), all))
    }

    /// The share of the step's time that is gone, between 0 and 1, where it began, and how much of a whole step this is.
    fn shares(&self, step: &Step) -> (f64, f64) {
        let share = |parts: usize| step.at(parts as f64 / self.total.max(1) as f64);
        let to_do = 1.0 - share(self.fresh);
        let gone = (share(self.done) - share(self.fresh)) / to_do.max(f64::EPSILON);
        (gone.clamp(0.0, 0.999), to_do)
    }

    /// The seconds that are left of this step and of those that follow. Never none as long as it runs: what takes longer
    /// than expected is expected to take longer still.
    pub(super) fn left(&self, seconds: f64, step: &Step, following: &[Step]) -> f64 {
        let (gone, to_do) = self.shares(step);
        let expected = step.seconds * to_do;
        // The more of it has been seen the more that counts.
        let trust = (gone * 3.0).min(1.0);
        let whole = match gone > 0.0 {
            true => trust * seconds / gone + (1.0 - trust) * expected,
            false => expected,
        };
        let pace = whole / expected.max(1.0);
        let following: f64 = following.iter().map(|step| step.seconds).sum();
        whole * (1.0 - gone) + following * pace.clamp(0.2, 10.0)
    }
}

impl Step {
    /// The share of the time at a share of the parts.
    fn at(&self, parts: f64) -> f64 {
        let tenths = (parts * 10.0).clamp(0.0, 10.0);
        let below = (tenths.floor() as usize).min(9);
        let [from, to] = [self.curve[below], self.curve[below + 1]];
        from + (to - from) * (tenths - below as f64)
    }
}

/// Seconds in words, rounded up: nobody is told a moment earlier than it is.
pub(super) fn about(seconds: f64) -> String {
    if seconds < 8.0 {
        return "a few seconds".to_owned();
    }
    let in_steps = |of: f64| (seconds / of).ceil() * of;
    if seconds <= 90.0 {
        return format!("about {} s", in_steps(5.0));
    }
    format!("about {} min", in_steps(30.0) / 60.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn programs() -> Step {
        MEASURED[0].clone()
    }

    /// A step of which everything is to be done, at the pace of the measured machine times `slower`.
    fn runs(step: &Step, slower: f64, until: f64) -> Run {
        let mut run = Run::begin();
        for part in 0_i32..=400 {
            let seconds = step.seconds * slower * step.at(f64::from(part) / 400.0);
            if seconds <= until * step.seconds * slower {
                run.count(seconds, part as usize, 400);
            }
        }
        run
    }

    #[test]
    fn what_is_left_is_what_is_left_on_a_machine_of_any_speed() {
        let [step, app] = MEASURED;
        for slower in [0.3, 1.0, 4.0] {
            for share in [0.4, 0.7, 0.95] {
                let now = share * step.seconds * slower;
                let left = runs(&step, slower, share).left(now, &step, std::slice::from_ref(&app));
                let is_left = (1.0 - share) * step.seconds * slower + app.seconds * slower;
                assert!(
                    (left / is_left - 1.0).abs() < 0.1,
                    "{slower} {share}: {left} {is_left}"
                );
            }
        }
    }

    #[test]
    fn at_first_it_is_what_was_measured_and_it_never_ends_before_it_ends() {
        let step = programs();
        assert_eq!(Run::begin().left(0.0, &step, &[]), step.seconds);
        let run = runs(&step, 1.0, 0.99);
        let [soon, late] = [100.0, 1000.0].map(|now| run.left(now, &step, &[]));
        assert!(0.0 < soon && soon < late);
        let mut done = runs(&step, 1.0, 1.0);
        done.count(100.0, 400, 400);
        assert!(done.left(100.0, &step, &[]) > 0.0);
        // Cargo has counted nothing, and less than before.
        let mut odd = Run::begin();
        odd.count(1.0, 0, 0);
        assert!(odd.left(1.0, &step, &[]).is_finite());
        odd.count(50.0, 300, 400);
        odd.count(60.0, 10, 400);
        assert!(odd.left(60.0, &step, &[]) > 0.0);
    }

    #[test]
    fn what_was_there_before_is_neither_counted_nor_waited_for() {
        let mut run = Run::begin();
        run.count(0.1, 100, 400);
        run.count(0.4, 380, 400);
        run.count(3.0, 390, 400);
        assert_eq!(run.parts(), Some((10, 20)));
        let step = programs();
        let left = run.left(3.0, &step, &[]);
        assert!(0.0 < left && left < 30.0, "{left}");
        assert!(!run.is_whole());
        assert_eq!(Run::begin().parts(), None);
    }

    #[test]
    fn more_cores_take_less() {
        assert_eq!(steps(2), MEASURED);
        assert!(steps(16)[0].seconds < MEASURED[0].seconds);
    }

    #[test]
    fn seconds_are_said_roundly_and_never_as_none() {
        for (seconds, said) in [
            (0.0, "a few seconds"),
            (7.9, "a few seconds"),
            (8.0, "about 10 s"),
            (46.0, "about 50 s"),
            (90.0, "about 90 s"),
            (91.0, "about 2 min"),
            (121.0, "about 2.5 min"),
        ] {
            assert_eq!(about(seconds), said);
        }
    }
}
