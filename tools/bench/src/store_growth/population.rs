//! Who there is and what each of them has: worked out from the number of an identity, so that nothing need be
//! remembered. `store/fill.sql` has the same rules.
//!
//! | | |
//! |---|---|
//! | identities | 1 for 10 records; 20 of 21 are a person's only one, the 21st is the second one of the 20th's person |
//! | records each | 78 % have 0 to 9, 20 % 10 to 30, 2 % 100, 0.05 % 1,000; identity 0 has 100,000 |

use anyhow::Context;
use login_store::{Owner, RecordId, RecordKey, RecordKind};
use wechat_oauth::{AppId, OpenId, UnionId};

/// The identity with the longest list.
pub(crate) const WORST: u64 = 0;
/// 2024-11-22 and two years later, in milliseconds since 1970-01-01 UTC: records are created between them.
pub(crate) const FIRST_CREATED: u64 = 1_732_233_600_000;
pub(crate) const LAST_CREATED: u64 = FIRST_CREATED + (RANGE - 1) * 29;

/// Numbers are scattered below it.
const RANGE: u64 = 1 << 31;
/// How many records [`WORST`] has; where there are fewer identities than that, as many as identities.
const RECORDS_OF_WORST: u64 = 100_000;
/// The accounts, of which the second one is that of second identities.
const APPIDS: [&str; 3] = [
    "wx00000000000000a1",
    "wx00000000000000a2",
    "wx00000000000000a3",
];

/// The statements that make so many identities and their records.
pub(crate) fn fill(identities: u64) -> String {
    let [usual, second, other] = APPIDS;
    let x = "i * 1103515245 % 2147483648";
    let appid = format!(
        "CASE WHEN i % 21 = 20 THEN '{second}' WHEN {x} % 10 < 7 THEN '{usual}' ELSE '{other}' END"
    );
    let openid = format!("'oABCDEFGHIJKLMNOP' || CAST(10000000000 + {x} AS TEXT)");
    include_str!("../../store/fill.sql")
        .replace("{identities}", &identities.to_string())
        .replace("{longest}", &records_of(WORST, identities).to_string())
        .replace("{appid}", &appid)
        .replace("{openid}", &openid)
}

/// Another number for each, in no order.
fn scattered(number: u64) -> u64 {
    number % RANGE * 1_103_515_245 % RANGE
}

/// How many records an identity has among `identities`.
pub(crate) fn records_of(identity: u64, identities: u64) -> u64 {
    let x = scattered(identity);
    match identity {
        WORST => RECORDS_OF_WORST.min(identities),
        _ if x % 2_000 == 1 => 1_000,
        _ if x % 50 == 2 => 100,
        _ if x % 5 == 3 => 10 + x % 21,
        _ => x % 10,
    }
}

/// Whether this is a person with two accounts.
pub(crate) fn has_two_accounts(identity: u64) -> bool {
    identity % 21 >= 19
}

pub(crate) fn owner(identity: u64) -> anyhow::Result<Owner> {
    let [usual, second, other] = APPIDS;
    let x = scattered(identity);
    let appid = match x % 10 {
        _ if identity % 21 == 20 => second,
        0..7 => usual,
        _ => other,
    };
    let openid = format!("oABCDEFGHIJKLMNOP{}", 10_000_000_000 + x);
    Ok(Owner {
        appid: AppId::parse(appid).context("appid")?,
        openid: OpenId::parse(&openid).context("openid")?,
    })
}

pub(crate) fn unionid(identity: u64) -> anyhow::Result<UnionId> {
    let person = identity - u64::from(identity % 21 == 20);
    let text = format!("oUn10nABCDEFGHIJK{}", 10_000_000_000 + scattered(person));
    UnionId::parse(&text).context("unionid")
}

/// The key of record `number` of an identity.
pub(crate) fn record_id(identity: u64, number: u64) -> anyhow::Result<RecordId> {
    let y = scattered(identity * 40_503 + number);
    id(identity, &format!("{}-{number}", 10_000_000_000 + y))
}

/// A key of an identity.
pub(crate) fn id(identity: u64, key: &str) -> anyhow::Result<RecordId> {
    Ok(RecordId {
        owner: owner(identity)?,
        kind: RecordKind::parse("order").context("kind")?,
        key: RecordKey::parse(key).context("key")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_ten_records_for_an_identity_and_the_tail_is_long() {
        let counts: Vec<u64> = (1..100_000).map(|it| records_of(it, 100_000)).collect();
        let average = counts.iter().sum::<u64>() / 100_000;
        assert!((9..=10).contains(&average), "{average}");
        let thousands = counts.iter().filter(|count| **count == 1_000).count();
        assert!((40..=60).contains(&thousands), "{thousands}");
    }
}
