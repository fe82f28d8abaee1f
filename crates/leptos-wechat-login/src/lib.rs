#![doc = include_str!("../README.md")]
//!
//! Reading order: [`flow`] is the login without a browser, [`browser`] is the browser, [`api`] the proxy; [`Auth`] puts
//! the three together as signals that pages watch, and [`view`] is what it shows of itself.

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

pub mod api;
mod auth;
pub mod backend;
pub mod browser;
mod first_stage;
pub mod flow;
pub mod json;
#[cfg(feature = "jssdk")]
pub mod jssdk;
#[cfg(feature = "lean")]
pub mod lean;
pub mod prelude;
pub mod view;
mod words;

pub use api_types::{ApiError, ErrorCode, Profile, Scope, Session};
pub use auth::{Auth, LoginOptions, provide_login, use_auth};
pub use flow::client::Client;
pub use flow::{AuthState, Failure, GuestReason, Notice, SignInOptions, Trouble};
#[cfg(feature = "follow")]
pub use view::{Follow, RequireFollow};
pub use view::{RequireLogin, Views};
pub use words::Words;
