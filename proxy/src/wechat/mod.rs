//! WeChat's side: its two calls for web authorization and the look at credentials, their answers, their identifiers and their errors.

mod answer;
mod client;
mod credentials;
mod error;
mod ids;

pub use answer::{Grant, UserInfo};
pub use client::{CallObserver, Client, Timeouts};
pub use credentials::CredentialAnswer;
pub use error::{Endpoint, Error, FailureKind, operator_hint};
pub use ids::{AccessToken, AppId, AppSecret, AuthCode, InvalidId, OpenId, UnionId, Verifier};
