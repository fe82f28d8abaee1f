//! Numbers that look random and are the same in every run.

/// SplitMix64, the public-domain generator of Steele, Lea and Flood: a counter and a mixing function.
pub(crate) struct Random {
    state: u64,
}

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Random {
    /// The sequence of `seed`. Several parts make one seed, in this order: a run's, then whose numbers they are.
    pub(crate) fn of(seed: &[u64]) -> Self {
        let join = |state: u64, part: &u64| mixed(state.wrapping_add(STEP) ^ part);
        Self {
            state: seed.iter().fold(0, join),
        }
    }

    /// Any number.
    pub(crate) fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        mixed(self.state)
    }

    /// A number less than `bound`, which is not 0.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        // The upper half of the product: as even as 64 bits allow.
        let product = u128::from(self.number()) * u128::from(bound);
        u32::try_from(product >> 64).unwrap_or(u32::MAX)
    }

    /// `length` characters of the alphabet of WeChat's openids.
    pub(crate) fn text(&mut self, length: usize) -> String {
        const ALPHABET: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        (0..length)
            .map(|_| char::from(ALPHABET[(self.number() >> 58) as usize]))
            .collect()
    }

    /// Puts `items` into any order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let bound = u32::try_from(last + 1).unwrap_or(u32::MAX);
            items.swap(last, self.below(bound) as usize);
        }
    }
}

fn mixed(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_gives_the_same_numbers_and_another_seed_others() {
        let numbers = |seed: &[u64]| Random::of(seed).number();
        assert_eq!(numbers(&[1, 2]), numbers(&[1, 2]));
        assert_ne!(numbers(&[1, 2]), numbers(&[2, 1]));
        assert_ne!(numbers(&[1, 2]), numbers(&[1, 3]));
    }

    #[test]
    fn a_bound_is_never_reached_and_all_below_it_is() {
        let mut random = Random::of(&[7]);
        let mut met = [false; 5];
        for _ in 0..1_000 {
            met[random.below(5) as usize] = true;
        }
        assert_eq!(met, [true; 5]);
    }

    #[test]
    fn shuffling_keeps_everything_and_moves_it() {
        let mut items: Vec<u32> = (0..1_000).collect();
        Random::of(&[7]).shuffle(&mut items);
        assert!(!items.is_sorted());
        items.sort_unstable();
        assert!(items.iter().copied().eq(0..1_000));
    }
}
