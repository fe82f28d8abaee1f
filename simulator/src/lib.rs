#![doc = include_str!("../README.md")]
//!
//! | address | what |
//! |---|---|
//! | `GET /connect/oauth2/authorize` | silent redirect, consent page, snapshot or WeChat's error page |
//! | `GET /connect/qrconnect` | a website application's QR code |
//! | `/sns/oauth2/access_token` | a code becomes an openid |
//! | `/sns/oauth2/refresh_token` | a token gets two more hours |
//! | `/sns/userinfo` | a token becomes a name and a picture |
//! | `/sns/auth` | whether a token is still good |
//! | `/sns/jscode2session` | a mini-program's code becomes an openid |
//! | `/cgi-bin/token`, `POST /cgi-bin/stable_token` | tokens of accounts |
//! | `/cgi-bin/ticket/getticket` | an account's token becomes what signs pages |
//! | `/cgi-bin/user/info`, `POST /cgi-bin/user/info/batchget` | who follows an account |
//! | `/_simulator…` | everything that is ours and not WeChat's |
//!
//! `wechat` holds the facts, `platform` is the state and knows no HTTP, `routes` is the HTTP and keeps no state,
//! `pages` is what people see.

// Nothing that comes from outside may stop a thread; each exception says why it cannot happen.
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

mod dialect;
mod fidelity;
pub mod foreign_bytes;
mod ids;
mod issued_file;
mod names;
mod pages;
mod platform;
mod query;
mod redirect;
mod routes;
mod seed;
mod server;
mod simulator;
mod state_file;
mod wechat;

pub use platform::{
    ActiveFault, Effect, Endpoint, Fault, GrantedScope, Habit, LoggedParameter, LoggedRequest,
    Person, Picture, Platform, Problem, Problems, RefusalBehaviour, Relation, Settings, Share,
    SnapshotMode,
};
pub use server::{app, run};
pub use simulator::Simulator;
