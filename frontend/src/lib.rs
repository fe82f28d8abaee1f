//! The single-page app: reads `code` from the address, starts WeChat's web authorization when it is missing,
//! posts the code to the proxy and shows who is signed in.
//!
//! Reading order: [`wechat`] is the login's logic without a browser, [`browser`] is the browser,
//! [`api`] the proxy; [`auth`] puts the three together as a state that pages watch; [`app`] is the pages' frame.

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
pub mod app;
pub mod auth;
pub mod browser;
pub mod components;
pub mod json;
pub mod pages;
mod text;
pub mod wechat;
