//! The cells of `cells.toml`: a fault, the step at which it strikes, and what it has to come to.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use e2e::{GatewayFault, errcode};
use serde::Deserialize;
use wechat_simulator::Effect;

/// Where a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Step {
    /// The code becomes a session: `POST /api/session`, and the proxy's call of WeChat's `access_token` within.
    Exchange,
    /// Name and picture, for a user who has agreed: the proxy's call of WeChat's `userinfo`.
    Userinfo,
    /// The app's first question, `GET /api/bootstrap`, of somebody who is signed in.
    Bootstrap,
    /// The orders, `GET /api/records`, of somebody who is signed in.
    Records,
}

/// What goes wrong.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Strike {
    /// At WeChat, every time.
    Wechat(Effect),
    /// At WeChat, the first time only.
    WechatOnce(Effect),
    /// Between browser and proxy, every time.
    Gateway(GatewayFault),
    /// The database has no tables.
    NoTables,
    /// Something else writes into the database and does not come to an end.
    LockedDatabase,
}

/// One fault at one step, and what it has to come to.
#[derive(Clone)]
pub(super) struct Cell {
    pub(super) step: Step,
    /// The fault in words, for the documentation.
    pub(super) words: String,
    pub(super) strike: Strike,
    /// What the operator is advised to do; part of the words on the page, or nothing.
    pub(super) advice: String,
    pub(super) outcome: Outcome,
}

/// What is to be seen of a fault, on the page and behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) screen: Screen,
    pub(super) seen: Seen,
}

/// What is compared as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seen {
    /// Whether there is a button to try again. Where there is one it works, once the fault is gone.
    pub(super) can_retry: bool,
    /// The proxy's lines about it, WeChat's errcode being `…`; those that say that all is well left out.
    pub(super) log: Vec<String>,
    /// Whether the database knows the user afterwards.
    pub(super) identity: Stored,
    /// Whether the browser has a session afterwards.
    pub(super) session: bool,
    /// How often the browser went to WeChat's authorize page by itself.
    pub(super) visits: usize,
    /// How often WeChat was asked for the code's worth.
    pub(super) exchanges: usize,
    /// How often WeChat was asked for name and picture.
    pub(super) userinfos: usize,
}

/// What the user reads.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Screen {
    /// A page with this title and a text that begins so.
    Message(String, String),
    /// Signed in, and above the page a notice that begins so, or none.
    Profile(String),
    /// The orders, and below them these words.
    Orders(String),
}

/// What the database has of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stored {
    Nothing,
    Identity,
    IdentityAndName,
}

/// The file; an outcome is told by its name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    errcodes: Vec<(i64, String, String, String)>,
    errcodes_once: Vec<(i64, String, String, String)>,
    wechat: Vec<(Effect, String, String, String)>,
    gateway: Vec<(GatewayFault, String, String, String, String)>,
    database: Vec<(Strike, String, Step, String)>,
    outcomes: BTreeMap<String, toml::Table>,
    titles: Vec<(Step, String)>,
}

static TABLES: LazyLock<Tables> =
    LazyLock::new(|| toml::from_str(include_str!("cells.toml")).expect("cells.toml"));

impl Tables {
    /// An outcome with all it takes over from the one it is like.
    fn whole(&self, name: &str) -> toml::Table {
        let mut own = self.outcomes[name].clone();
        match own.remove("like") {
            None => own,
            Some(like) => {
                let mut whole = self.whole(like.as_str().expect("a name"));
                whole.extend(own);
                whole
            }
        }
    }
}

/// What the steps are called in the documentation, in their order.
pub(super) fn titles() -> &'static [(Step, String)] {
    &TABLES.titles
}

fn cell(step: Step, strike: Strike, words: &str, outcome: &str) -> Cell {
    let mut seen = TABLES.whole(outcome);
    let screen = seen.remove("screen").expect("a screen").try_into();
    Cell {
        step,
        words: words.to_owned(),
        strike,
        advice: String::new(),
        outcome: Outcome {
            screen: screen.expect("a screen of cells.toml"),
            seen: seen.try_into().expect("an outcome of cells.toml"),
        },
    }
}

/// Every errcode in the place of the code's worth.
pub(super) fn errcodes_at_the_exchange() -> Vec<Cell> {
    let row = |strike: fn(Effect) -> Strike| {
        move |(number, words, advice, outcome): &(i64, String, String, String)| {
            let (strike, words) = (strike(errcode(*number)), format!("{number} {words}"));
            let advice = advice.clone();
            Cell {
                advice,
                ..cell(Step::Exchange, strike, &words, outcome)
            }
        }
    };
    let always = TABLES.errcodes.iter().map(row(Strike::Wechat));
    let once = TABLES.errcodes_once.iter().map(row(Strike::WechatOnce));
    always.chain(once).collect()
}

/// Every errcode in the place of name and picture: the login succeeds without them.
pub(super) fn errcodes_at_userinfo() -> Vec<Cell> {
    let row = |(number, words, _, _): &(i64, String, _, _)| {
        let outcome = match number {
            -1 => "nameless_after_three",
            _ => "nameless",
        };
        let (strike, words) = (
            Strike::Wechat(errcode(*number)),
            format!("{number} {words}"),
        );
        cell(Step::Userinfo, strike, &words, outcome)
    };
    TABLES.errcodes.iter().map(row).collect()
}

/// Whatever else becomes of a response of WeChat, at both calls.
pub(super) fn broken_responses() -> Vec<Cell> {
    let row = |(effect, words, exchange, userinfo): &(Effect, String, String, String)| {
        [(Step::Exchange, exchange), (Step::Userinfo, userinfo)].map(|(step, outcome)| {
            let strike = Strike::Wechat(effect.clone());
            cell(step, strike, words, outcome)
        })
    };
    TABLES.wechat.iter().flat_map(row).collect()
}

/// What happens between browser, proxy and database at this step.
pub(super) fn network_and_database(step: Step) -> Vec<Cell> {
    let gateway = TABLES.gateway.iter();
    let gateway = gateway.map(|(fault, words, exchange, start, orders)| {
        let outcome = match step {
            Step::Exchange | Step::Userinfo => exchange,
            Step::Bootstrap => start,
            Step::Records => orders,
        };
        cell(step, Strike::Gateway(*fault), words, outcome)
    });
    let database = TABLES.database.iter().filter(|row| row.2 == step);
    let database =
        database.map(|(strike, words, step, outcome)| cell(*step, strike.clone(), words, outcome));
    gateway.chain(database).collect()
}
