#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
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

pub mod answer;
mod authorize_url;
#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod credentials;
mod error;
mod error_code;
pub mod facts;
mod ids;
#[cfg(feature = "client")]
mod login;
mod percent;
mod redacted;
mod scope;

pub use answer::{Grant, UserInfo};
pub use authorize_url::{AuthorizeRequest, authorize_url};
#[cfg(feature = "client")]
pub use client::{CallObserver, Client, Options, Timeouts};
#[cfg(feature = "client")]
pub use credentials::{AccountToken, CredentialAnswer};
pub use error::{Endpoint, Error};
pub use error_code::{ErrorCode, FailureKind, PageError, operator_hint};
pub use ids::{AccessToken, AppId, AppSecret, AuthCode, InvalidId, OpenId, RefreshToken, UnionId};
#[cfg(feature = "client")]
pub use login::{Callback, Login, Start};
pub use percent::encode;
#[cfg(feature = "client")]
pub use reqwest;
pub use scope::Scope;
