//! What an operator sets: one TOML file, each key replaceable by an environment variable.
//!
//! `WECHAT_LOGIN__ACCOUNTS__SHOP__SECRET` replaces `accounts.shop.secret`: prefix, then the key in capitals with `__`
//! for the dot. A list is given separated by commas. An empty text is as good as none. Everything is checked at start
//! and every problem is named at once, with the line or the variable it comes from; no problem quotes a secret.
//!
//! Reading order: `settings` (what there is), `read` (every key of it), `reader` (which takes them out of one list),
//! `sources` (file and environment as that list; `syntax` and `unreadable`: why there is none), `places` and `shown` (where everything comes from, for people).

mod account;
mod application;
mod database;
mod forward_proxy;
mod keys;
mod limits;
mod lists;
mod one_key;
mod origin;
mod places;
mod platforms;
mod problem;
mod read;
mod reader;
mod secret;
mod settings;
mod shown;
mod sources;
mod syntax;
mod telemetry;
mod trusted_proxies;
pub(crate) mod unreadable;
mod verify_file;
mod way;
mod website;

#[cfg(test)]
pub(crate) mod tests;

pub use account::Account;
pub use application::Application;
pub use forward_proxy::ForwardProxy;
pub(crate) use keys::DEVELOPMENT_KEY;
pub use keys::{ServiceKey, SessionKey};
pub use limits::{ClientTimeouts, Limits, Shutdown};
pub(crate) use lists::are_certainly_two_sites;
pub use origin::PublicUrl;
pub(crate) use origin::{origin_text, parse_public_url};
pub use places::{Places, SecretPlace};
pub use problem::{Problem, Problems};
pub(crate) use settings::JSSDK_HOSTS;
pub use settings::{Config, PageOrigins, WechatConfig};
pub use shown::Listing;
pub use telemetry::LogFormat;
pub(crate) use telemetry::log_levels;
pub use trusted_proxies::TrustedProxies;
pub use verify_file::VerifyFile;
pub(crate) use way::ProxyVariables;
pub use way::Way;
