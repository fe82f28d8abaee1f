//! How many connections are open, and when none is kept any more for a request that may never come.
//!
//! Otherwise whoever asks something on as many connections as there may be, and then nothing, would have them all until
//! the end of patience, and again and again.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::life_cycle::{OneUnderWay, UnderWay};

/// The open connections of clients.
#[derive(Debug)]
pub(crate) struct Connections {
    open: UnderWay,
    /// Beyond so many they are scarce.
    many: AtomicUsize,
}

impl Default for Connections {
    /// Never scarce until it is known how many are possible.
    fn default() -> Self {
        Self {
            open: UnderWay::default(),
            many: AtomicUsize::new(usize::MAX),
        }
    }
}

impl Connections {
    /// So many can be open: with three quarters of them taken they are scarce.
    pub(crate) fn set_possible(&self, possible: usize) {
        let many = possible.saturating_sub(possible / 4);
        self.many.store(many, Ordering::SeqCst);
    }

    /// One more, until this is dropped.
    pub(crate) fn begin(&self) -> OneUnderWay {
        self.open.begin()
    }

    /// Whether a connection ends with the next answer on it.
    pub(crate) fn are_scarce(&self) -> bool {
        self.open.count() > self.many.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_scarce_with_more_than_three_quarters_of_them_taken() {
        let connections = Connections::default();
        assert!(!connections.are_scarce());
        connections.set_possible(8);
        let mut open: Vec<_> = (0..6).map(|_| connections.begin()).collect();
        assert!(!connections.are_scarce());
        open.push(connections.begin());
        assert!(connections.are_scarce());
        open.pop();
        assert!(!connections.are_scarce());
    }
}
