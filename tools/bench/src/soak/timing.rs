//! How long answers took, by when they came.

use std::time::Duration;

use bench::report::latency::Latency;

/// One answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answered {
    /// Since the beginning.
    pub(crate) at: Duration,
    /// From the request's first byte to the answer's last.
    pub(crate) took: Duration,
}

/// Of those that came in this time; nothing if none did.
pub(crate) fn between(answers: &[Answered], from: Duration, to: Duration) -> Option<Latency> {
    let within = answers.iter().filter(|it| it.at >= from && it.at < to);
    Latency::of(within.map(|it| it.took).collect())
}

/// The slope of the straight line with the least squares through points that are one second apart, per second.
pub(crate) fn slope(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let middle = (count - 1.0) / 2.0;
    let mean = values.iter().sum::<f64>() / count;
    let (mut above, mut below) = (0.0, 0.0);
    for (second, value) in values.iter().enumerate() {
        let distance = second as f64 - middle;
        above += distance * (value - mean);
        below += distance * distance;
    }
    if below == 0.0 { 0.0 } else { above / below }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_has_its_own_slope_and_noise_on_both_sides_changes_nothing() {
        let line: Vec<f64> = (0..100)
            .map(|second| 7.0 + 3.0 * f64::from(second))
            .collect();
        assert!((slope(&line) - 3.0).abs() < 1e-9);
        let noisy = [1.0, -1.0, 0.0, -1.0, 1.0];
        assert!(slope(&noisy).abs() < 1e-9);
        assert!(slope(&[5.0]).abs() < 1e-9);
    }

    #[test]
    fn only_answers_of_that_time_count() {
        let seconds = Duration::from_secs;
        let answers = [1, 2, 3].map(|at| Answered {
            at: seconds(at),
            took: seconds(10 * at),
        });
        let latency = between(&answers, seconds(2), seconds(3)).unwrap();
        assert_eq!(latency.median, seconds(20));
        assert!(between(&answers, seconds(4), seconds(9)).is_none());
    }
}
