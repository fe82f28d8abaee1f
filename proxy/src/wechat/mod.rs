//! WeChat's side: its two calls for web authorization, their answers, their identifiers and their errors.

mod answer;
mod client;
mod error;
mod ids;

pub use answer::{Grant, UserInfo};
pub use client::{Client, Timeouts};
pub use error::{Endpoint, Error, FailureKind, operator_hint};
pub use ids::{AccessToken, AppId, AppSecret, AuthCode, InvalidId, OpenId, UnionId, Verifier};
