#![doc = include_str!("../README.md")]
//!
//! | address | what |
//! |---|---|
//! | `GET /connect/oauth2/authorize` | silent redirect, consent page or WeChat's error page |
//! | `GET /sns/oauth2/access_token` | a code becomes an openid |
//! | `GET /sns/userinfo` | a token becomes a name and a picture |
//! | `/_simulator…` | everything that is ours and not WeChat's |
//!
//! `platform` is the state and knows no HTTP, `routes` is the HTTP and keeps no state, `pages` is what people see.

mod dialect;
mod ids;
mod pages;
mod percent;
mod platform;
mod raw_query;
mod redirect;
mod routes;
mod server;
mod shared;
mod simulator;
mod world;

pub use platform::{GrantedScope, LoggedParameter, LoggedRequest, Platform, RefusalBehaviour};
pub use server::run;
pub use simulator::Simulator;
