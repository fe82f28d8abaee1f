//! Parameters that more than one route takes, for the handlers and for the description alike.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// The path of a user of an official account.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct UserPath {
    /// The configured name of the official account, or an appid: its own or that of one of its applications.
    pub(crate) account: String,
    /// Who the user is there.
    #[param(pattern = "^[A-Za-z0-9_-]{1,128}$")]
    pub(crate) openid: String,
}

/// The path of all users of an official account.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct AccountPath {
    /// The configured name of the official account, which stands for all its applications, or one appid.
    pub(crate) account: String,
}

/// The path of a person.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct PersonPath {
    /// The name of the open platform in the configuration.
    pub(crate) platform: String,
    /// Who the person is there.
    #[param(pattern = "^[A-Za-z0-9_-]{1,128}$")]
    pub(crate) unionid: String,
}

/// The rest of the path of a record.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct RecordPath {
    /// What it is, such as `order`.
    #[param(pattern = "^[a-z0-9_-]{1,32}$")]
    pub(crate) kind: String,
    /// Which one of its kind: 1 to 128 of `A-Za-z0-9._~:-`, but neither `.` nor `..`.
    #[param(
        pattern = "^(?:[A-Za-z0-9_~:-][A-Za-z0-9._~:-]{0,127}|\\.[A-Za-z0-9_~:-][A-Za-z0-9._~:-]{0,126}|\\.\\.[A-Za-z0-9._~:-]{1,126})$"
    )]
    pub(crate) key: String,
}

/// What `If-None-Match` takes where something is written.
#[derive(ToSchema)]
pub(crate) enum OnlyAbsent {
    /// There must be none.
    #[schema(rename = "*")]
    #[expect(dead_code, reason = "describes a header that is read as text")]
    Any,
}
