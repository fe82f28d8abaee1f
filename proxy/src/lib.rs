#![doc = include_str!("../README.md")]
//!
//! The floors, each of which uses only those below it: [`commands`] (what an operator starts), [`http`] (routes and what
//! stands around them), [`metrics`], [`login`] (the login itself), [`config`] (what an operator sets). Below them all:
//! [`wechat_oauth`] (the calls to WeChat) and [`login_store`] (what is kept).

// Nothing that comes from outside may stop a thread; each exception says why it cannot happen.
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::disallowed_methods,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::print_stdout,
        clippy::string_slice,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

pub mod commands;
pub mod config;
pub mod http;
pub mod login;
pub mod metrics;

/// Says by what TLS is done; the crates that use it come without. The program does this first of all, and so must whoever
/// runs parts of it.
pub fn install_tls() {
    // Fails only if a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
