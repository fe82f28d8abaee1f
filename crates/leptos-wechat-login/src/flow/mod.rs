//! The login as a state machine, without leptos and without a browser: [`Flow`] decides, and does what it decides through
//! two traits, [`Browser`] and [`Api`]. Plain `cargo test` covers it, and a program that plays a phone can run it.
//!
//! Reading order is the order of a login: [`Flow::arrive`] takes what WeChat brought out of the address, [`entry`] decides
//! what a page load means, [`pending_login`] remembers what was started, [`wechat_oauth::authorize_url`] is where the
//! browser is sent, [`callback`] is what it comes back with, [`recovery`] what follows when that is worth nothing,
//! [`refusal`] whom WeChat means by its no.

pub mod callback;
pub mod chosen_account;
pub mod client;
mod departure;
pub mod entry;
mod headless;
mod machine;
pub mod pending_login;
mod ports;
pub mod recovery;
pub mod refusal;
pub mod return_to;
mod state;
mod steps;

pub use headless::{Headless, Stored};
pub use machine::{Flow, SignInOptions};
pub use ports::{Address, Api, Browser, Leave, Storage};
pub use state::{AuthState, Failure, GuestReason, Notice, Trouble};
