//! Chance that can be repeated.

use std::cell::Cell;
use std::time::Duration;

/// SplitMix64: small, and good enough to choose people and moments.
pub(crate) struct Dice(Cell<u64>);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    pub(crate) fn roll(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9E37_79B9_7F4A_7C15);
        self.0.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// 0 to `sides` - 1.
    pub(crate) fn below(&self, sides: usize) -> usize {
        (self.roll() % sides as u64) as usize
    }

    /// From nothing up to `most`.
    pub(crate) fn moment(&self, most: Duration) -> Duration {
        Duration::from_micros(self.roll() % (most.as_micros() as u64 + 1))
    }

    /// Dice of its own for somebody, so that whoever is faster does not change the others' lots.
    pub(crate) fn another(&self) -> Self {
        Self::new(self.roll())
    }
}
