#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(not(feature = "std"), no_std)]
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

#[cfg(feature = "std")]
pub mod answer;
mod authorize_url;
#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod credentials;
#[cfg(feature = "std")]
mod error;
#[cfg(feature = "std")]
mod error_code;
pub mod facts;
#[cfg(feature = "std")]
mod ids;
#[cfg(feature = "client")]
mod login;
#[cfg(feature = "client")]
mod more_calls;
mod percent;
#[cfg(feature = "std")]
mod redacted;
mod scope;

#[cfg(feature = "std")]
pub use answer::{Grant, UserInfo};
#[cfg(feature = "std")]
pub use authorize_url::authorize_url;
pub use authorize_url::{AuthorizeRequest, write_authorize_url};
#[cfg(feature = "client")]
pub use client::{CallObserver, Client, Options, Timeouts};
#[cfg(feature = "client")]
pub use credentials::{AccountToken, CredentialAnswer};
#[cfg(feature = "std")]
pub use error::{Endpoint, Error, ProxyFault};
#[cfg(feature = "std")]
pub use error_code::{ErrorCode, FailureKind, PageError, operator_hint};
#[cfg(feature = "std")]
pub use ids::{
    AccessToken, AppId, AppSecret, AuthCode, InvalidId, OpenId, RefreshToken, Ticket, UnionId,
};
#[cfg(feature = "client")]
pub use login::{Callback, Login, Start};
#[cfg(feature = "client")]
pub use more_calls::{Follower, JsapiTicket, MiniprogramLogin};
#[cfg(feature = "std")]
pub use percent::encode;
#[cfg(feature = "client")]
pub use reqwest;
pub use scope::Scope;
