//! The login as a state machine, without leptos and without a browser: [`Flow`] decides, and does what it decides through
//! two traits, [`Browser`] and [`Api`]. Plain `cargo test` covers it, and a program that plays a phone can run it.
//!
//! Reading order is the order of a login: [`Flow::arrive`] takes what WeChat brought out of the address, [`entry`] decides
//! what a page load means, [`pending_login`] remembers what was started, [`wechat_oauth::authorize_url`] is where the
//! browser is sent, [`callback`] is what it comes back with, [`recovery`] what follows when that is worth nothing,
//! [`refusal`] whom WeChat means by its no. What a page can do before this app is there, too, is the crate
//! [`login_decision`].

mod departure;
mod headless;
mod machine;
pub mod pending_login;
mod ports;
pub mod recovery;
pub mod refusal;
mod state;
mod steps;

pub use departure::redirect_uri;
pub use headless::{Headless, Stored};
pub use login_decision::{callback, chosen_account, client, entry, return_to};
pub use machine::{Flow, SignInOptions};
pub use ports::{Address, Api, Browser, Leave, Storage};
pub use state::{AuthState, Failure, GuestReason, Notice, Trouble};
