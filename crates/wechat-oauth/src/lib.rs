//! WeChat's web authorization (网页授权): identifiers, the authorize URL, error codes and answers; with the feature
//! `client` its calls, too.

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

mod answer;
mod authorize_url;
#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod credentials;
mod error;
mod ids;
mod percent;
mod redacted;
mod scope;

pub use answer::{Grant, UserInfo};
pub use authorize_url::{AuthorizeRequest, authorize_url};
#[cfg(feature = "client")]
pub use client::{CallObserver, Client, Timeouts};
#[cfg(feature = "client")]
pub use credentials::CredentialAnswer;
pub use error::{Endpoint, Error, FailureKind, operator_hint};
pub use ids::{AccessToken, AppId, AppSecret, AuthCode, InvalidId, OpenId, UnionId};
pub use percent::encode;
pub use scope::Scope;
