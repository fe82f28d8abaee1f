//! Whether two sets of rows are the same, whatever order each comes in: orders of texts are a server's own.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use sha2::{Digest as _, Sha256};

/// Rows that differ are counted by the parts they are in. So many are seldom in one, and cost nothing.
const PARTS: usize = 4096;

/// What was seen of one side.
#[derive(Debug)]
pub(super) struct Sums {
    pub(super) rows: u64,
    /// Of the first half of every row's SHA-256, in the part of its key.
    parts: Vec<u128>,
}

impl Sums {
    pub(super) fn new() -> Self {
        Self {
            rows: 0,
            parts: vec![0; PARTS],
        }
    }

    pub(super) fn add(&mut self, key: &[u8], row: &[u8]) {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let part = usize::try_from(hasher.finish()).unwrap_or_default() % PARTS;
        let digest = Sha256::digest(row);
        if let (Some(part), Some(half)) = (self.parts.get_mut(part), digest.first_chunk()) {
            *part = part.wrapping_add(u128::from_be_bytes(*half));
        }
        self.rows = self.rows.saturating_add(1);
    }

    /// At least so many rows are not the same on both sides; none only where all are.
    pub(super) fn differences(&self, other: &Self) -> u64 {
        let parts = self.parts.iter().zip(&other.parts);
        let differing = parts.filter(|(one, another)| one != another).count();
        let differing = u64::try_from(differing).unwrap_or(u64::MAX);
        differing.max(self.rows.abs_diff(other.rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(rows: &[(&str, &str)]) -> Sums {
        let mut sums = Sums::new();
        for (key, row) in rows {
            sums.add(key.as_bytes(), row.as_bytes());
        }
        sums
    }

    #[test]
    fn rows_are_the_same_in_any_order_and_not_with_another_value_or_number() {
        let one = sums(&[("a", "a1"), ("b", "b1"), ("c", "c1")]);
        for (other, differences) in [
            (vec![("c", "c1"), ("a", "a1"), ("b", "b1")], 0),
            (vec![("c", "c1"), ("a", "a2"), ("b", "b1")], 1),
            (vec![("c", "c1"), ("a", "b1"), ("b", "a1")], 2),
            (vec![("c", "c1"), ("a", "a1")], 1),
            (vec![("a", "a1"), ("a", "a1"), ("b", "b1"), ("c", "c1")], 1),
        ] {
            assert_eq!(one.differences(&sums(&other)), differences, "{other:?}");
        }
    }
}
