//! Nobody is kept for ever: users not seen for long are forgotten, with everything bound to them.

use std::ops::RangeInclusive;
use std::time::Duration;

use login_store::{Error, Owner, Store};

/// For how many days nobody may have been seen. A session lasts 30 days at most, and nobody with an open one may be
/// forgotten; beyond ten years a number is more likely a slip.
pub const UNSEEN_DAYS: RangeInclusive<u64> = 31..=3660;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// What was forgotten, or would be.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Forgotten {
    /// Users of one account each: a person of two accounts counts twice.
    pub users: u64,
    /// Records bound to them.
    pub records: u64,
}

/// Whether to forget, or only to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Deletes.
    Forget,
    /// Changes nothing.
    Count,
}

/// Forgets, or counts, everybody who has neither signed in nor had a record written for so many days before `now`, in
/// seconds since 1970.
///
/// May be stopped and repeated at any moment: every user is one transaction.
///
/// # Errors
/// [`Error`] if the database fails; those forgotten before stay forgotten.
pub async fn forget_unseen(
    store: &dyn Store,
    now: u64,
    days: u64,
    mode: Mode,
) -> Result<Forgotten, Error> {
    let before = now.saturating_sub(DAY.as_secs().saturating_mul(days));
    let mut forgotten = Forgotten::default();
    let mut last: Option<Owner> = None;
    loop {
        let unseen = store.unseen_users(before, last.as_ref()).await?;
        let Some(end) = unseen.last() else {
            return Ok(forgotten);
        };
        last = Some(end.clone());
        for owner in &unseen {
            let records = match mode {
                Mode::Forget => store.forget(owner, before).await?,
                Mode::Count => Some(store.count_records(owner).await?),
            };
            // Somebody who came back meanwhile stays.
            if let Some(records) = records {
                forgotten.users = forgotten.users.saturating_add(1);
                forgotten.records = forgotten.records.saturating_add(records);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use login_store::{NotedIdentity, SqliteStore};
    use wechat_oauth::{AppId, OpenId};

    use super::*;

    #[tokio::test]
    async fn more_than_one_batch_is_counted_first_and_then_forgotten() {
        let store = SqliteStore::open_in_memory().await.unwrap();
        let now = 1000 * DAY.as_secs();
        let boundary = now - 400 * DAY.as_secs();
        for number in 0..2_001 {
            let owner = Owner {
                appid: AppId::parse("wx00000000000000a1").unwrap(),
                openid: OpenId::parse(&format!("o{number}")).unwrap(),
            };
            let noted = NotedIdentity {
                owner,
                platform: None,
                unionid: None,
                // Seen exactly so long ago is not unseen yet.
                noted_at: if number == 0 { boundary } else { boundary - 1 },
            };
            store.note_identity(&noted).await.unwrap();
        }
        for (mode, users) in [
            (Mode::Count, 2_000),
            (Mode::Forget, 2_000),
            (Mode::Forget, 0),
        ] {
            let forgotten = forget_unseen(&store, now, 400, mode).await.unwrap();
            assert_eq!(forgotten, Forgotten { users, records: 0 }, "{mode:?}");
        }
    }
}
