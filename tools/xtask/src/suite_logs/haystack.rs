//! Thousands of values sought in millions of bytes: the first eight bytes of each value are looked up at every place.

use std::collections::HashMap;

use super::SHORTEST;

type Front = [u8; SHORTEST];

/// What is sought.
#[derive(Default)]
pub(super) struct Needles {
    by_front: HashMap<Front, Vec<Needle>>,
    /// Which pairs of bytes a value begins with: decides nearly every place without hashing it.
    pairs: Pairs,
    count: usize,
}

struct Needle {
    value: Vec<u8>,
    origin: String,
}

struct Pairs(Vec<bool>);

impl Default for Pairs {
    fn default() -> Self {
        Self(vec![false; 1 << 16])
    }
}

impl Pairs {
    fn index(front: &Front) -> usize {
        usize::from(u16::from_be_bytes([front[0], front[1]]))
    }
}

impl Needles {
    /// Adds a value of at least eight bytes, unless it is there; `origin` is what it is called when it is found.
    pub(super) fn add(&mut self, value: &[u8], origin: String) {
        let Some(front) = value.first_chunk::<SHORTEST>() else {
            return;
        };
        let twins = self.by_front.entry(*front).or_default();
        if twins.iter().any(|needle| needle.value == value) {
            return;
        }
        twins.push(Needle {
            value: value.to_owned(),
            origin,
        });
        self.pairs.0[Pairs::index(front)] = true;
        self.count += 1;
    }

    /// How many different ones there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// What the first value in this line is called.
    pub(super) fn find_in(&self, line: &[u8]) -> Option<&str> {
        (0..line.len()).find_map(|start| {
            let rest = &line[start..];
            let front = rest.first_chunk::<SHORTEST>()?;
            if !self.pairs.0[Pairs::index(front)] {
                return None;
            }
            let needles = self.by_front.get(front)?;
            let found = needles
                .iter()
                .find(|needle| rest.starts_with(&needle.value))?;
            Some(found.origin.as_str())
        })
    }
}
