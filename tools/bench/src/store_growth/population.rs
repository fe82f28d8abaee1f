//! Who there is and what each of them has: worked out from the number of an identity and the seed, so that nothing
//! need be remembered, and a larger population begins with the smaller one.
//!
//! | | |
//! |---|---|
//! | identities | 1 for 10 records; 20 of 21 are a person's only one, the 21st is the second one of the 20th's person |
//! | records each | 78 % have 0 to 9, 20 % 10 to 30, 2 % 100, 0.05 % 1,000; identity 0 has 100,000 |

use anyhow::Context;
use fastrand::Rng;
use wechat_login_proxy::store::{Owner, RecordId, RecordKey, RecordKind};
use wechat_login_proxy::wechat::{AppId, OpenId, UnionId};

/// The open platform of all accounts.
pub(crate) const PLATFORM: &str = "camellia";
/// The identity with the longest list.
pub(crate) const WORST: u32 = 0;
/// 2024-11-22 and 2026-11-22, in milliseconds since 1970-01-01 UTC: records are created between them.
pub(crate) const FIRST_CREATED: u64 = 1_732_233_600_000;
pub(crate) const LAST_CREATED: u64 = 1_795_305_600_000;

/// How many records [`WORST`] has; where there are fewer identities than that, as many as identities.
const RECORDS_OF_WORST: u32 = 100_000;
/// A block of identities: the last of them belongs to the person of the one before.
const BLOCK: u32 = 21;

/// A population of any size.
#[derive(Clone, Copy)]
pub(crate) struct Population {
    /// Two populations of one seed are equal.
    pub(crate) seed: u64,
}

impl Population {
    /// Numbers that are this identity's and are used for one thing.
    fn random(self, thing: u64, identity: u32, number: u32) -> Rng {
        let parts = [thing, identity.into(), number.into()];
        let join = |seed: u64, part| Rng::with_seed(seed ^ part).u64(..);
        Rng::with_seed(parts.into_iter().fold(self.seed, join))
    }

    /// How many records an identity has among `identities`.
    pub(crate) fn records_of(self, identity: u32, identities: u32) -> u32 {
        match self.random(1, identity, 0).u32(..10_000) {
            _ if identity == WORST => RECORDS_OF_WORST.min(identities),
            0..5 => 1_000,
            5..205 => 100,
            kind @ 205..2_205 => 10 + kind % 21,
            kind => kind % 10,
        }
    }

    /// Whether this is a person with two accounts.
    pub(crate) fn has_two_accounts(identity: u32) -> bool {
        identity % BLOCK >= BLOCK - 2
    }

    /// As WeChat's: the openid has 28 characters, of which the first six are those of the account.
    fn account_and_openid(self, identity: u32) -> (&'static str, String) {
        let is_second = identity % BLOCK == BLOCK - 1;
        let (account, begin) = match self.random(2, identity, 0).u32(..10) {
            _ if is_second => ("wx00000000000000a2", "oR5Gj9"),
            0..7 => ("wx00000000000000a1", "oK3xQ1"),
            _ => ("wx00000000000000a3", "oA7_m2"),
        };
        (
            account,
            format!("{begin}{}", text(&mut self.random(3, identity, 0), 22)),
        )
    }

    fn unionid_text(self, identity: u32) -> String {
        let is_second = identity % BLOCK == BLOCK - 1;
        let person = identity - u32::from(is_second);
        format!("oUn10n{}", text(&mut self.random(4, person, 0), 22))
    }

    /// Kind, key and value: the same for the same number, whatever the size; an order or a coupon of a hundred bytes.
    fn record(self, identity: u32, number: u32) -> (&'static str, String, String) {
        let mut random = self.random(5, identity, number);
        let kind = if random.u32(..5) == 0 {
            "coupon"
        } else {
            "order"
        };
        (kind, format!("{:016x}", random.u64(..)), value(&mut random))
    }

    pub(crate) fn owner(self, identity: u32) -> anyhow::Result<Owner> {
        let (appid, openid) = self.account_and_openid(identity);
        Ok(Owner {
            appid: AppId::parse(appid).context("appid")?,
            openid: OpenId::parse(&openid).context("openid")?,
        })
    }

    pub(crate) fn unionid(self, identity: u32) -> anyhow::Result<UnionId> {
        UnionId::parse(&self.unionid_text(identity)).context("unionid")
    }

    /// The key of record `number` of an identity.
    pub(crate) fn record_id(self, identity: u32, number: u32) -> anyhow::Result<RecordId> {
        let (kind, key, _) = self.record(identity, number);
        self.id(identity, kind, &key)
    }

    /// A key of an identity.
    pub(crate) fn id(self, identity: u32, kind: &str, key: &str) -> anyhow::Result<RecordId> {
        Ok(RecordId {
            owner: self.owner(identity)?,
            kind: RecordKind::parse(kind).context("kind")?,
            key: RecordKey::parse(key).context("key")?,
        })
    }
}

/// What is kept in a record.
pub(crate) fn value(random: &mut Rng) -> String {
    format!(
        r#"{{"title":"云南高山红茶 {} 克","fen":{},"state":"paid","shop":"{}"}}"#,
        random.u32(50..500),
        random.u32(..1_000_000),
        text(random, 12)
    )
}

/// So many characters, of those of WeChat's openids.
fn text(random: &mut Rng, length: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut character = || char::from(ALPHABET[random.usize(..64)]);
    (0..length).map(|_| character()).collect()
}

/// What is added to a database to bring it to the next size, in the order in which it would have come.
pub(crate) struct Stage {
    population: Population,
    from: u32,
    to: u32,
    /// Identity and number of each record. One after the other in time, so one after the other by no key.
    pub(crate) records: Vec<(u32, u32)>,
}

impl Stage {
    /// What `to` identities have and `from` did not.
    pub(crate) fn new(population: Population, from: u32, to: u32) -> Self {
        let had = population.records_of(WORST, from);
        let of_worst = (had..population.records_of(WORST, to)).map(|number| (WORST, number));
        let of_others = (from.max(WORST + 1)..to).flat_map(|identity| {
            (0..population.records_of(identity, to)).map(move |number| (identity, number))
        });
        let mut records: Vec<_> = of_worst.chain(of_others).collect();
        population.random(6, to, 0).shuffle(&mut records);
        Self {
            population,
            from,
            to,
            records,
        }
    }

    /// The identities as rows of SQL.
    pub(crate) fn identity_rows(&self) -> impl Iterator<Item = String> {
        let seen = FIRST_CREATED / 1_000;
        (self.from..self.to).map(move |identity| {
            let (appid, openid) = self.population.account_and_openid(identity);
            let unionid = self.population.unionid_text(identity);
            format!("('{appid}','{openid}','{PLATFORM}','{unionid}','snsapi_base',{seen},{seen})")
        })
    }

    /// The records as rows of SQL, in the order of time.
    pub(crate) fn record_rows(&self) -> impl Iterator<Item = String> {
        let step = (LAST_CREATED - FIRST_CREATED) / (self.records.len() as u64).max(1);
        let times = (FIRST_CREATED..).step_by(usize::try_from(step).unwrap_or(1).max(1));
        self.records
            .iter()
            .zip(times)
            .map(|(&(identity, number), at)| {
                let (appid, openid) = self.population.account_and_openid(identity);
                let (kind, key, value) = self.population.record(identity, number);
                format!("('{appid}','{openid}','{kind}','{key}','{value}',1,{at},{at})")
            })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use wechat_login_proxy::store::RecordValue;

    use super::*;

    const POPULATION: Population = Population { seed: 20_261_122 };

    #[test]
    fn there_are_ten_records_for_an_identity_and_the_tail_is_long() {
        let count = |identity| POPULATION.records_of(identity, 100_000);
        let counts: Vec<u32> = (1..100_000).map(count).collect();
        let average = counts.iter().sum::<u32>() / 100_000;
        assert!((9..=10).contains(&average), "{average}");
        let thousands = counts.iter().filter(|count| **count == 1_000).count();
        assert!((20..=90).contains(&thousands), "{thousands}");
        for (identities, records) in [(0, 0), (1_000, 1_000), (1_000_000, 100_000)] {
            assert_eq!(POPULATION.records_of(WORST, identities), records);
        }
    }

    #[test]
    fn one_person_in_twenty_has_two_accounts() {
        let unionids: HashSet<String> = (0..2_100).map(|it| POPULATION.unionid_text(it)).collect();
        assert_eq!(unionids.len(), 2_000);
        for second in (BLOCK - 1..2_100).step_by(BLOCK as usize) {
            let of = |identity| POPULATION.account_and_openid(identity).0;
            assert_eq!(
                POPULATION.unionid_text(second),
                POPULATION.unionid_text(second - 1)
            );
            assert_ne!(of(second), of(second - 1));
            let two = [second - 2, second - 1, second].map(Population::has_two_accounts);
            assert_eq!(two, [false, true, true]);
        }
    }

    #[test]
    fn everything_has_the_form_the_store_asks_for_and_none_that_sql_minds() {
        for identity in 0..100 {
            POPULATION.record_id(identity, 7).unwrap();
            POPULATION.unionid(identity).unwrap();
            let (_, _, value) = POPULATION.record(identity, 7);
            assert_eq!(
                RecordValue::parse(value.as_bytes()).unwrap().as_str(),
                value
            );
            assert!(!value.contains('\''));
        }
    }

    #[test]
    fn two_stages_are_one_of_both_sizes_in_the_order_of_no_key() {
        let keys = |stage: &Stage| -> Vec<String> {
            let rows = stage.record_rows();
            rows.map(|row| row.split(',').take(4).collect()).collect()
        };
        let small = keys(&Stage::new(POPULATION, 0, 100));
        let rest = keys(&Stage::new(POPULATION, 100, 1_000));
        let whole = keys(&Stage::new(POPULATION, 0, 1_000));
        assert!(!whole.is_sorted());
        let parts: HashSet<_> = small.iter().chain(&rest).collect();
        assert_eq!(parts.len(), small.len() + rest.len());
        assert_eq!(parts, whole.iter().collect());
    }
}
