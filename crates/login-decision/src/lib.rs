//! What a page load means in a WeChat login: the rules, and the texts that go out by them, on text that somebody else keeps.
//!
//! A page uses this twice, with the same result: in a first stage of a few KB before the app is there, and in the app. So
//! there is no heap here, no standard library, and nothing that formats, searches or panics in ways that weigh KBs of
//! WebAssembly. Texts go into anything that is [`core::fmt::Write`]: a `String`, or a [`Buffer`].
//!
//! Reading order is the order of a login: [`callback`] is what WeChat brings back in the address, [`pending_login`] what
//! the browser remembers of what was begun, [`entry`] decides, [`return_to`] and [`chosen_account`] read the page's
//! address, [`public_page`] says where it should be, [`client`] the browser's name.

#![cfg_attr(not(test), no_std)]
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

pub mod callback;
pub mod chosen_account;
pub mod client;
pub mod entry;
mod exchange_body;
mod login_state;
mod page_address;
pub mod pending_login;
pub mod public_page;
pub mod return_to;
pub mod text;

pub use exchange_body::write_exchange_body;
pub use login_state::{LoginState, StateText};
pub use page_address::{has_login_answer, is_page};
pub use text::Buffer;
pub use wechat_oauth::{AuthorizeRequest, Scope, write_authorize_url};

/// What a first stage and the app must agree on; another number wherever one of them would misread the other.
pub const INTERFACE: u32 = 2;
