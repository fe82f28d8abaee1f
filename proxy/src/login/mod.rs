//! The login without HTTP: everything a request means once it is understood.
//!
//! Reading order: `exchange` (a code becomes a login, through `single_flight` exactly once, in a `flight`), `kept_session` and `kept`
//! (what is left of it for five minutes), `rate_limit` and `wechat_quota` (what is refused so that the rest keeps
//! working), `session` (the encrypted cookie), `cursor` (the encrypted place in a list), `scans` (a computer that waits for
//! a phone), `users` (whom a backend means), `retention` (who is forgotten). Beside logins: `account_token` (what an account
//! calls WeChat with in its own name, kept by `fresh`) and `follow` (who follows it).

pub(crate) mod account_token;
pub mod clock;
pub mod cursor;
pub mod encryption;
pub mod exchange;
mod flight;
pub(crate) mod follow;
mod fresh;
pub(crate) mod in_flight;
mod kept;
mod kept_session;
pub(crate) mod random_word;
pub mod rate_limit;
pub mod retention;
pub(crate) mod scans;
pub(crate) mod service_keys;
pub mod session;
pub(crate) mod single_flight;
pub mod users;
pub mod verifier;
pub(crate) mod wechat_quota;
