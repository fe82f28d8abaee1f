//! The login before the app is there: whether WeChat's answer is in the address, what is posted for it, and whether the
//! page leaves for WeChat. A page of JavaScript does what is said here; wherever nothing is said, the app decides.
//!
//! # What the page calls
//!
//! The module imports nothing, and exports `memory` and these, whose numbers are of 32 bits:
//!
//! | | |
//! |---|---|
//! | `version()` | [`login_decision::INTERFACE`], which the app compares with its own |
//! | `size()` | bytes of the input and of the output, each |
//! | `input()`, `output()` | where they are |
//! | `random()` | where the page puts 192 random bytes before each `enter`, which uses them up |
//! | `arrive(length)`, `enter(length)` | read so many bytes of the input and say how many of the output hold the answer |
//!
//! Input and output are UTF-8, fields joined by U+0001. The answer 0 means that the app has to do it all: the input has
//! too few fields, or is not text; something does not fit; or nothing is to be done here. `1` stands for yes, an empty field
//! for no. The input's last fields are the browser's *records*: key and value of each item whose key begins with
//! `wechat-login:`, those of `sessionStorage` before those of `localStorage`.
//!
//! `arrive`, first of all:
//!
//! | input | |
//! |---|---|
//! | now | milliseconds since 1970-01-01 UTC |
//! | local | the page's path, query and fragment |
//! | records | |
//!
//! | output | |
//! |---|---|
//! | address | local, to be shown instead; empty if this one stays |
//! | kind | empty, `granted` or `refused` |
//! | code, state | what came back |
//! | record | what this browser has stored for the state; empty if nothing |
//! | key, bound | where to store what, in both storages, before anything is sent; empty if nothing is to be exchanged |
//! | body | what to `POST` to `/api/session`; empty if nothing is to be exchanged |
//!
//! `enter`, once bootstrap is there, and if nothing is to be exchanged:
//!
//! | input | |
//! |---|---|
//! | now | |
//! | origin, local | of the page, after its address was cleaned |
//! | user agent | |
//! | login pages | paths that need a login, with blanks between them |
//! | kind, code, state, record | as `arrive` gave them |
//! | signed out | `1` if this tab says so |
//! | moved at | what this tab remembers of a way to `public_url`, see below |
//! | public_url | bootstrap's, as all that follow |
//! | require_wechat | |
//! | authorize_url_base, default_account | |
//! | session's account, session's snapshot | empty without a session |
//! | number of accounts, then name and appid of each | |
//! | records | |
//!
//! | output | |
//! |---|---|
//! | url | where to go, in the place of this page |
//! | key, record | what to store before: a record in both storages; `wechat-login-moved` in `sessionStorage` alone, and where that is refused the page stays |

#![cfg_attr(target_arch = "wasm32", no_std)]
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

mod arrive;
mod enter;
mod fields;

pub use arrive::arrive;
pub use enter::enter;

#[cfg(target_arch = "wasm32")]
mod exports;
#[cfg(test)]
mod tests;
