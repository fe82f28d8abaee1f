//! How long one operation takes, out of many.

use std::time::Duration;

/// What is told about many durations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latency {
    /// Half of them are not longer.
    pub median: Duration,
    /// 99 of 100 are not longer.
    pub p99: Duration,
}

impl Latency {
    /// Of no durations at all: nothing.
    pub fn of(mut durations: Vec<Duration>) -> Option<Self> {
        durations.sort_unstable();
        // The nearest rank: a duration that was really measured.
        let of_hundred = |share: usize| {
            let rank = (durations.len() * share).div_ceil(100);
            durations.get(rank.checked_sub(1)?).copied()
        };
        Some(Self {
            median: of_hundred(50)?,
            p99: of_hundred(99)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(numbers: impl IntoIterator<Item = u64>) -> Vec<Duration> {
        numbers.into_iter().map(Duration::from_millis).collect()
    }

    #[test]
    fn of_a_hundred_the_fiftieth_and_the_ninety_ninth_are_told() {
        let latency = Latency::of(millis((1..=100).rev())).unwrap();
        assert_eq!(latency.median, Duration::from_millis(50));
        assert_eq!(latency.p99, Duration::from_millis(99));
    }

    #[test]
    fn one_is_its_own_median_and_of_none_nothing_is_told() {
        let latency = Latency::of(millis([7])).unwrap();
        assert_eq!(
            (latency.median, latency.p99),
            (latency.p99, Duration::from_millis(7))
        );
        assert_eq!(Latency::of(Vec::new()), None);
    }
}
