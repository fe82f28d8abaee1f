//! The login's pure logic: values in, values out. No leptos, no browser, so plain `cargo test` covers it.
//!
//! Reading order is the order of a login:
//! [`entry`] decides what a page load means, [`pending_login`] remembers what was started,
//! [`wechat_oauth::authorize_url`] is where the browser is sent, [`callback`] is what it comes back with, [`recovery`] what follows
//! when that is worth nothing, [`refusal`] whom WeChat means by its no.

pub mod callback;
pub mod chosen_account;
pub mod client;
pub mod entry;
pub mod pending_login;
pub mod recovery;
pub mod refusal;
pub mod return_to;
