#![doc = include_str!("../README.md")]
//!
//! Reading order: [`config`] (what an operator sets), [`app`] (the route table), [`routes`], [`exchange`] (a code
//! becomes a login, exactly once), [`wechat_oauth`] (the two calls to WeChat), [`session`] (the cookie), `guard` (who is kept out, in which order), `headers` and `body` (what a request says), [`limits`] (what is refused so that the rest keeps working), [`life_cycle`] (how the program ends), [`service_key`]
//! (the company's backends), [`login_store`] (what is kept), [`cursor`] (where a page of it ended), [`error`] (what the caller is told), [`telemetry`] (what the log says), [`openapi`] (the API described), [`check`] (what an operator is told before the first user comes).

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

mod allowance;
pub mod app;
pub mod app_files;
mod body;
pub mod check;
pub mod client_address;
pub mod clock;
pub mod config;
mod cors;
mod cross_site;
pub mod cursor;
mod deadline;
mod dotted_path;
pub mod error;
pub mod exchange;
mod guard;
mod headers;
pub mod health_probe;
pub mod kernel;
pub mod life_cycle;
pub mod limits;
pub mod metrics;
pub mod openapi;
mod outcomes;
pub mod retention;
pub mod routes;
pub mod security_headers;
pub mod service_key;
pub mod session;
pub mod telemetry;
pub mod users;
pub mod verifier;
pub mod web_server_headers;
