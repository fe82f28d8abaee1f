//! One person logs in after the other, on a new phone each time, and keeps some records.

use std::cell::Cell;

use futures_util::future::join;
use leptos_wechat_login::Failure as ApiFailure;
use reqwest::Url;
use test_support::dice::Dice;

use crate::chaos::theft::{self, Owner};
use crate::chaos::world::World;
use crate::phone::{Failure, Login, Phone, Shown};
use crate::support::*;

const RECORDS: usize = 2;
/// How often a write is repeated until somebody says that it is kept.
const MOST_WRITES: u32 = 40;
/// Before a write is repeated.
const WRITE_AFTER: Duration = Duration::from_millis(100);
/// Records that nobody said are kept.
pub(crate) const UNWRITTEN: &str = "records unwritten";
/// Between the two loads of a doubled callback, at most.
const DOUBLED_WITHIN: Duration = Duration::from_millis(60);

/// How callbacks come to the app.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    Plain,
    /// Loaded twice at about the same moment.
    Doubled,
    /// Behind that of a login that was begun after it, in another tab.
    Reordered,
    /// More than five minutes later, by WeChat's clock.
    Late,
    /// To a thief first and last.
    Stolen,
    /// Behind that of a thief, who would like this phone to be signed in as the thief.
    Planted,
}

impl Manner {
    /// What it is counted as.
    fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain callbacks",
            Self::Doubled => "doubled callbacks",
            Self::Reordered => "reordered callbacks",
            Self::Late => "late callbacks",
            Self::Stolen => "stolen callbacks",
            Self::Planted => "planted callbacks",
        }
    }
}

/// Logs people in until told otherwise.
pub(crate) async fn one_after_the_other(world: &World, dice: Dice) {
    while !world.is_over.get() {
        log_in(world, &dice, false).await;
    }
}

/// One login; `is_calm` with nothing unusual about it. Says whether it needed nothing but itself.
pub(crate) async fn log_in(world: &World, dice: &Dice, is_calm: bool) -> bool {
    let manner = match dice.below(if is_calm { 1 } else { 20 }) {
        10..=13 => Manner::Doubled,
        14..=15 => Manner::Reordered,
        16 => Manner::Late,
        17..=18 => Manner::Stolen,
        19 => Manner::Planted,
        _ => Manner::Plain,
    };
    let phone = world.somebodys_phone(dice);
    // Only once, or who is late would be late for ever.
    let next = Cell::new(manner);
    let login = phone
        .log_in(Phone::authorize, async |phone, callback| {
            let manner = next.replace(Manner::Plain);
            deliver(world, dice, phone, callback, manner).await
        })
        .await;
    let counts = &world.counts;
    counts.add("logins", 1);
    counts.add(manner.name(), 1);
    let Login {
        session,
        failures,
        restarts,
        taps,
        replica,
    } = login;
    assert_eq!(replica, "", "there is no web server in front");
    counts.went_wrong(&failures);
    counts.add("restarts", restarts);
    counts.add("taps", taps);
    let Some(session) = session else {
        counts.add("logins given up", 1);
        return false;
    };
    world.check(&phone, &session);
    for record in 0..RECORDS {
        let write = world.books.write(&phone, record, MOST_WRITES, WRITE_AFTER);
        match write.await {
            Some(repeated) => counts.add("repeated writes", repeated),
            None => counts.add(UNWRITTEN, 1),
        }
    }
    // Asked again, it is still the same person.
    if let Shown::SignedIn(session) = phone.load(None).await {
        world.check(&phone, &session);
    }
    failures.is_empty()
}

/// Brings WeChat's callback to the phone.
async fn deliver(
    world: &World,
    dice: &Dice,
    phone: &Phone,
    callback: Url,
    manner: Manner,
) -> Shown {
    match manner {
        Manner::Plain => phone.load(Some(&callback)).await,
        Manner::Doubled => {
            let second = async {
                tokio::time::sleep(dice.moment(DOUBLED_WITHIN)).await;
                phone.load(Some(&callback)).await
            };
            // Whoever is signed in by either is signed in; else the later one is on the screen.
            match join(phone.load(Some(&callback)), second).await {
                (signed_in @ Shown::SignedIn(_), Shown::Leaving(_) | Shown::Error(_))
                | (_, signed_in) => signed_in,
            }
        }
        Manner::Reordered => {
            let newer = match phone.load(None).await {
                Shown::Leaving(page) => phone.authorize(page).await,
                Shown::SignedIn(_) | Shown::Error(_) => None,
            };
            if let Some(newer) = newer
                && let Shown::SignedIn(session) = phone.load(Some(&newer)).await
            {
                world.check(phone, &session);
            }
            phone.load(Some(&callback)).await
        }
        Manner::Late => {
            let jumps = world.jumps.get();
            let jumped = async {
                while world.jumps.get() == jumps && !world.is_over.get() {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            };
            jumped.await;
            phone.load(Some(&callback)).await
        }
        Manner::Stolen => {
            theft::open(world, dice, phone, &callback).await;
            let deaths = world.deaths.get();
            let shown = phone.load(Some(&callback)).await;
            let owner = match &shown {
                Shown::SignedIn(_) => Owner::SignedIn,
                Shown::Leaving(_) | Shown::Error(Failure::Api(ApiFailure::Refused(_))) => {
                    Owner::Refused { deaths }
                }
                Shown::Error(_) => Owner::Unheard,
            };
            tokio::time::sleep(dice.moment(2 * DOUBLED_WITHIN)).await;
            theft::send(world, dice, phone, &callback, owner).await;
            shown
        }
        Manner::Planted => {
            theft::plant(world, dice, phone).await;
            let shown = phone.load(Some(&callback)).await;
            theft::plant(world, dice, phone).await;
            shown
        }
    }
}
