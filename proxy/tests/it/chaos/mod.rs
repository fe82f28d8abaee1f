//! Many people log in under several accounts at once, with callbacks that come twice, in the wrong order, too late and
//! to thieves, while WeChat fails in every way the simulator knows and the proxy and its database are killed.
//!
//! | what must hold | where it is looked at |
//! |---|---|
//! | a session belongs to the person who agreed, under that account, with that unionid and name | `visit` |
//! | nobody gets one with a callback that was stolen, or is signed in by somebody else's | `theft` |
//! | no code is sent to WeChat twice by one life of the proxy, and none is good twice | `upstream` |
//! | what was acknowledged is there at the end, and nobody has anything else | `support::books` |
//! | with the faults gone everybody gets in at once | `run` |
//!
//! `make fuzz` runs it for some seconds, `make chaos` for minutes. `WECHAT_LOGIN_CHAOS_SEED` repeats the dice (though
//! not the clock), `WECHAT_LOGIN_CHAOS_SECONDS` says for how long.

mod deaths;
mod faults;
mod figures;
mod run;
mod theft;
mod upstream;
mod visit;
mod world;

use world::Kind;

#[tokio::test]
#[ignore = "real time and chance: `make chaos`, `make fuzz`"]
async fn nothing_is_lost_and_nobody_is_mixed_up_on_sqlite() {
    run::run(Kind::Sqlite).await;
}

#[tokio::test]
#[ignore = "real time and chance: `make chaos`, `make fuzz`"]
async fn nothing_is_lost_and_nobody_is_mixed_up_on_postgresql() {
    run::run(Kind::Postgres).await;
}
