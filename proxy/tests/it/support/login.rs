//! What became of a login.

use std::fmt;

use api_types::Session;
use leptos_wechat_login::Failure as ApiFailure;

/// How a login went.
#[derive(Debug, Default)]
pub(crate) struct Login {
    /// Times the app went to WeChat once more without anybody noticing.
    pub(crate) restarts: u32,
    /// Times the app showed an error and the person tapped "try again".
    pub(crate) taps: u32,
    /// What went wrong on the way.
    pub(crate) failures: Vec<Failure>,
    /// Who is signed in; nobody if the login was given up.
    pub(crate) session: Option<Session>,
    /// The address of the replica that signed the person in.
    pub(crate) replica: String,
}

/// What keeps somebody from being signed in.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The proxy, or the way to it.
    Api(ApiFailure),
    /// WeChat's page had an error, or none of it came.
    Wechat,
    /// The app has given up by itself.
    GaveUp,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(failure) => failure.fmt(formatter),
            Self::Wechat => formatter.write_str("WeChat's page"),
            Self::GaveUp => formatter.write_str("the app gave up"),
        }
    }
}
