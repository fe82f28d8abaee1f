//! Who there is and what each of them has: worked out from the number of an identity and the seed, so that nothing
//! need be remembered, and a larger population begins with the smaller one.
//!
//! | | |
//! |---|---|
//! | identities | 1 for 10 records; 20 of 21 are a person's only one, the 21st is the second one of the 20th's person |
//! | records each | 78 % have 0 to 9, 20 % 10 to 30, 2 % 100, 0.05 % 1,000; identity 0 has 100,000 |

use anyhow::Context;
use login_store::{Owner, RecordId, RecordKey, RecordKind};
use wechat_oauth::{AppId, OpenId, UnionId};

use crate::random::Random;

/// The open platform of all accounts.
pub(crate) const PLATFORM: &str = "camellia";

/// The identity with the longest list.
pub(crate) const WORST: u32 = 0;

/// How many records [`WORST`] has; where there are fewer identities than that, as many as identities.
const RECORDS_OF_WORST: u32 = 100_000;

const SHOP: &str = "wx00000000000000a1";
const CAFE: &str = "wx00000000000000a2";
const CLUB: &str = "wx00000000000000a3";

/// A block of identities: the last of them belongs to the person of the one before.
const BLOCK: u32 = 21;

/// A population of any size.
#[derive(Clone, Copy)]
pub(crate) struct Population {
    /// Two populations of one seed are equal.
    pub(crate) seed: u64,
}

/// One of the columns of a record.
pub(crate) struct RecordText {
    pub(crate) kind: &'static str,
    pub(crate) key: String,
    pub(crate) value: String,
}

impl Population {
    /// How many records an identity has among `identities`.
    pub(crate) fn records_of(self, identity: u32, identities: u32) -> u32 {
        if identity == WORST {
            return RECORDS_OF_WORST.min(identities);
        }
        let mut random = Random::of(&[self.seed, 1, identity.into()]);
        match random.below(10_000) {
            0..5 => 1_000,
            5..205 => 100,
            205..2_205 => 10 + random.below(21),
            _ => random.below(10),
        }
    }

    /// Whether this is a person with two accounts.
    pub(crate) fn has_two_accounts(identity: u32) -> bool {
        identity % BLOCK >= BLOCK - 2
    }

    pub(crate) fn appid(self, identity: u32) -> &'static str {
        if identity % BLOCK == BLOCK - 1 {
            return CAFE;
        }
        match Random::of(&[self.seed, 2, identity.into()]).below(10) {
            0..7 => SHOP,
            _ => CLUB,
        }
    }

    /// As WeChat's: 28 characters, of which the first six are those of the account.
    pub(crate) fn openid(self, identity: u32) -> String {
        let account = match self.appid(identity) {
            SHOP => "oK3xQ1",
            CAFE => "oR5Gj9",
            _ => "oA7_m2",
        };
        let user = Random::of(&[self.seed, 3, identity.into()]).text(22);
        format!("{account}{user}")
    }

    pub(crate) fn unionid(self, identity: u32) -> String {
        let is_second = identity % BLOCK == BLOCK - 1;
        let person = identity - u32::from(is_second);
        let text = Random::of(&[self.seed, 4, person.into()]).text(22);
        format!("oUn10n{text}")
    }

    /// The same record for the same number, whatever the size: an order or a coupon of a hundred bytes.
    pub(crate) fn record(self, identity: u32, number: u32) -> RecordText {
        let mut random = Random::of(&[self.seed, 5, identity.into(), number.into()]);
        let kind = if random.below(5) == 0 {
            "coupon"
        } else {
            "order"
        };
        let key = format!("{:016x}", random.number());
        let value = value(&mut random);
        RecordText { kind, key, value }
    }

    pub(crate) fn owner(self, identity: u32) -> anyhow::Result<Owner> {
        Ok(Owner {
            appid: AppId::parse(self.appid(identity)).context("appid")?,
            openid: OpenId::parse(&self.openid(identity)).context("openid")?,
        })
    }

    pub(crate) fn parsed_unionid(self, identity: u32) -> anyhow::Result<UnionId> {
        UnionId::parse(&self.unionid(identity)).context("unionid")
    }

    /// The key of record `number` of an identity.
    pub(crate) fn record_id(self, identity: u32, number: u32) -> anyhow::Result<RecordId> {
        let RecordText { kind, key, .. } = self.record(identity, number);
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
pub(crate) fn value(random: &mut Random) -> String {
    format!(
        r#"{{"title":"云南高山红茶 {} 克","fen":{},"state":"paid","shop":"{}"}}"#,
        50 + random.below(450),
        random.below(1_000_000),
        random.text(12)
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const POPULATION: Population = Population { seed: 20_261_122 };
    const IDENTITIES: u32 = 100_000;

    #[test]
    fn there_are_ten_records_for_an_identity_and_the_tail_is_long() {
        let counts: Vec<u32> = (1..IDENTITIES)
            .map(|identity| POPULATION.records_of(identity, IDENTITIES))
            .collect();
        let average = counts.iter().sum::<u32>() / IDENTITIES;
        assert!((9..=10).contains(&average), "{average}");
        let thousands = counts.iter().filter(|count| **count == 1_000).count();
        assert!((20..=90).contains(&thousands), "{thousands}");
    }

    #[test]
    fn the_longest_list_is_never_longer_than_there_are_identities() {
        for (identities, records) in [(1_000, 1_000), (100_000, 100_000), (1_000_000, 100_000)] {
            assert_eq!(POPULATION.records_of(WORST, identities), records);
        }
    }

    #[test]
    fn one_person_in_twenty_has_two_accounts() {
        let unionids: HashSet<String> = (0..2_100)
            .map(|identity| POPULATION.unionid(identity))
            .collect();
        assert_eq!(unionids.len(), 2_000);
        for identity in 0..2_100 {
            let has_two = Population::has_two_accounts(identity);
            let partner = if identity % BLOCK == BLOCK - 1 {
                identity - 1
            } else {
                identity + 1
            };
            let is_same_person = POPULATION.unionid(identity) == POPULATION.unionid(partner);
            assert_eq!(has_two, is_same_person, "{identity}");
            assert!(!has_two || POPULATION.appid(identity) != POPULATION.appid(partner));
        }
    }

    #[test]
    fn everything_has_the_form_the_store_asks_for() {
        for identity in 0..100 {
            POPULATION.record_id(identity, 7).unwrap();
            POPULATION.parsed_unionid(identity).unwrap();
            let value = POPULATION.record(identity, 7).value;
            let parsed = login_store::RecordValue::parse(value.as_bytes()).unwrap();
            assert_eq!(parsed.as_str(), value);
        }
    }

    #[test]
    fn no_two_identities_and_no_two_records_share_a_key() {
        let openids: HashSet<_> = (0..10_000).map(|i| POPULATION.openid(i)).collect();
        assert_eq!(openids.len(), 10_000);
        let keys: HashSet<_> = (0..100_000)
            .map(|i| POPULATION.record(WORST, i).key)
            .collect();
        assert_eq!(keys.len(), 100_000);
    }
}
