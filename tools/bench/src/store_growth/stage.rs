//! What is added to a database to bring it to the next size, in the order in which it would have come.

use crate::population::{PLATFORM, Population, RecordText, WORST};
use crate::random::Random;

/// 2024-11-22 and 2026-11-22, in milliseconds since 1970-01-01 UTC: records are created between them.
pub(crate) const FIRST_CREATED: i64 = 1_732_233_600_000;
pub(crate) const LAST_CREATED: i64 = 1_795_305_600_000;

/// A row of the table `identity`.
pub(crate) struct IdentityRow {
    pub(crate) appid: &'static str,
    pub(crate) openid: String,
    pub(crate) platform: &'static str,
    pub(crate) unionid: String,
    /// Seconds since 1970-01-01 UTC.
    pub(crate) seen: i64,
}

/// A row of the table `record`.
pub(crate) struct RecordRow {
    pub(crate) appid: &'static str,
    pub(crate) openid: String,
    pub(crate) text: RecordText,
    pub(crate) version: i64,
    /// Milliseconds since 1970-01-01 UTC.
    pub(crate) created_at: i64,
}

/// The rows between two sizes.
pub(crate) struct Stage {
    population: Population,
    from: u32,
    to: u32,
    /// Identity and number of each record. One after the other in time, so one after the other by no key.
    records: Vec<(u32, u32)>,
}

impl Stage {
    /// What `to` identities have and `from` did not.
    pub(crate) fn new(population: Population, from: u32, to: u32) -> Self {
        let had = if from == 0 {
            0
        } else {
            population.records_of(WORST, from)
        };
        let of_worst = (had..population.records_of(WORST, to)).map(|number| (WORST, number));
        let of_others = (from.max(WORST + 1)..to).flat_map(|identity| {
            (0..population.records_of(identity, to)).map(move |number| (identity, number))
        });
        let mut records: Vec<_> = of_worst.chain(of_others).collect();
        Random::of(&[population.seed, 6, to.into()]).shuffle(&mut records);
        Self {
            population,
            from,
            to,
            records,
        }
    }

    pub(crate) fn record_count(&self) -> usize {
        self.records.len()
    }

    pub(crate) fn identities(&self) -> impl Iterator<Item = IdentityRow> {
        (self.from..self.to).map(|identity| IdentityRow {
            appid: self.population.appid(identity),
            openid: self.population.openid(identity),
            platform: PLATFORM,
            unionid: self.population.unionid(identity),
            seen: FIRST_CREATED / 1_000,
        })
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = RecordRow> {
        let count = i64::try_from(self.records.len()).unwrap_or(i64::MAX).max(1);
        let step = (LAST_CREATED - FIRST_CREATED) / count;
        let times = (0..).map(move |position: i64| FIRST_CREATED + position * step);
        self.records
            .iter()
            .zip(times)
            .map(|(&(identity, number), created_at)| RecordRow {
                appid: self.population.appid(identity),
                openid: self.population.openid(identity),
                text: self.population.record(identity, number),
                version: 1,
                created_at,
            })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const POPULATION: Population = Population { seed: 1 };

    fn keys(stage: &Stage) -> Vec<(String, String)> {
        stage
            .records()
            .map(|row| (row.openid, row.text.key))
            .collect()
    }

    #[test]
    fn two_stages_are_one_of_both_sizes() {
        let small = Stage::new(POPULATION, 0, 100);
        let rest = Stage::new(POPULATION, 100, 1_000);
        let whole = Stage::new(POPULATION, 0, 1_000);
        let parts: HashSet<_> = keys(&small).into_iter().chain(keys(&rest)).collect();
        assert_eq!(parts.len(), small.record_count() + rest.record_count());
        assert_eq!(parts, keys(&whole).into_iter().collect());
        assert_eq!(
            small.identities().count() + rest.identities().count(),
            1_000
        );
    }

    #[test]
    fn rows_come_in_the_order_of_time_and_of_no_key() {
        let stage = Stage::new(POPULATION, 0, 1_000);
        let times: Vec<i64> = stage.records().map(|row| row.created_at).collect();
        assert!(times.is_sorted());
        assert!(
            times
                .iter()
                .all(|time| (FIRST_CREATED..LAST_CREATED).contains(time))
        );
        assert!(!keys(&stage).is_sorted());
        assert!(!stage.identities().map(|row| row.openid).is_sorted());
    }
}
