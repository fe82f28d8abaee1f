//! What crosses the wire between the app and the proxy: JSON, UTF-8, field names as written here. And what both have to
//! judge alike: the addresses of pages, and the form of a login's `state`.
//!
//! Plain values without I/O or framework, so that both sides compile against the same shapes.

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

mod bootstrap;
mod error;
mod jssdk;
mod record;
mod report;
mod service;
mod session;

pub use bootstrap::{AccountInfo, Bootstrap};
pub use error::{ApiError, ApiErrorBody, ErrorCode, WechatError};
pub use jssdk::JssdkConfig;
pub use login_decision::{LoginState, has_login_answer, is_page, public_page};
pub use record::{Across, Record, RecordPage};
pub use report::{Report, ReportCode};
pub use service::{CurrentIdentity, Erased, Identity, IdentityNote, Users, UsersPage};
pub use session::{ApplicationKind, CurrentSession, ExchangeRequest, NewSession, Profile, Session};
pub use wechat_oauth::Scope;
