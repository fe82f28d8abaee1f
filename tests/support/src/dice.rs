//! Seeded random numbers: chance that can be repeated.

use std::cell::RefCell;
use std::time::Duration;

use fastrand::Rng;

/// Chooses people and moments.
pub struct Dice(RefCell<Rng>);

impl Dice {
    /// The same seed, the same lots.
    pub fn new(seed: u64) -> Self {
        Self(RefCell::new(Rng::with_seed(seed)))
    }

    /// Any number.
    pub fn roll(&self) -> u64 {
        self.0.borrow_mut().u64(..)
    }

    /// 0 to `sides` - 1.
    pub fn below(&self, sides: usize) -> usize {
        self.0.borrow_mut().usize(..sides)
    }

    /// From nothing up to `most`.
    pub fn moment(&self, most: Duration) -> Duration {
        let most = u64::try_from(most.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(self.0.borrow_mut().u64(..=most))
    }

    /// Dice of its own for somebody, so that whoever is faster does not change the others' lots.
    #[must_use]
    pub fn another(&self) -> Self {
        Self(RefCell::new(self.0.borrow_mut().fork()))
    }
}
