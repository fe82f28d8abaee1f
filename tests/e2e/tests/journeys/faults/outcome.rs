//! What a fault comes to.

use e2e::GatewayFault;
use wechat_simulator::Effect;

/// Where a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
#[derive(Debug, Clone)]
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
pub(super) struct Cell {
    pub(super) step: Step,
    /// The fault in words, for the documentation.
    pub(super) words: String,
    pub(super) strike: Strike,
    /// What the operator is advised to do; part of the words on the page.
    pub(super) advice: Option<&'static str>,
    pub(super) outcome: &'static Outcome,
}

/// What is to be seen of a fault, on the page and behind it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) screen: Screen,
    /// Whether there is a button to try again. Where there is one it works, once the fault is gone.
    pub(super) can_retry: bool,
    /// The proxy's lines about it, WeChat's errcode being `…`; those that say that all is well left out.
    pub(super) log: &'static [&'static str],
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Screen {
    /// A page with this title and a text that begins so.
    Message(&'static str, &'static str),
    /// Signed in, and above the page a notice that begins so, if there is one.
    Profile(Option<&'static str>),
    /// The orders, and below them these words.
    Orders(&'static str),
}

/// What the database has of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stored {
    Nothing,
    Identity,
    IdentityAndName,
}
