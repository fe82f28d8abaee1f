//! One figure of several runs.

/// Median, least and most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// The one in the middle; of an even number of runs the mean of the two in the middle.
    pub median: f64,
    /// The least.
    pub least: f64,
    /// The most.
    pub most: f64,
}

impl Spread {
    /// Of no numbers at all: nothing.
    pub fn of(mut numbers: Vec<f64>) -> Option<Self> {
        numbers.sort_by(f64::total_cmp);
        let last = numbers.len().checked_sub(1)?;
        Some(Self {
            median: f64::midpoint(numbers[last / 2], numbers[last.div_ceil(2)]),
            least: numbers[0],
            most: numbers[last],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_one_in_the_middle_or_between_the_two() {
        let of = |numbers: &[f64]| Spread::of(numbers.to_vec()).unwrap();
        assert_eq!(of(&[9.0, 1.0, 2.0]).median, 2.0);
        assert_eq!(of(&[9.0, 1.0, 2.0, 4.0]).median, 3.0);
        let (median, least, most) = (7.0, 7.0, 7.0);
        let one = Spread {
            median,
            least,
            most,
        };
        assert_eq!(of(&[7.0]), one);
        assert_eq!(Spread::of(Vec::new()), None);
    }
}
