//! Where a fault strikes, and what it does.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::spelling::Spelling;

/// What of WeChat a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// `/connect/oauth2/authorize` and `/connect/qrconnect`, and the redirect that ends them.
    Authorize,
    /// `/sns/oauth2/access_token`
    AccessToken,
    /// `/sns/oauth2/refresh_token`
    RefreshToken,
    /// `/sns/userinfo`
    Userinfo,
    /// `/sns/auth`
    Auth,
    /// `/cgi-bin/token`
    Token,
    /// `/cgi-bin/stable_token`
    StableToken,
}

impl Endpoint {
    /// All of them, in the order of a login.
    pub const ALL: [Self; 7] = [
        Self::Authorize,
        Self::AccessToken,
        Self::RefreshToken,
        Self::Userinfo,
        Self::Auth,
        Self::Token,
        Self::StableToken,
    ];

    /// The name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::AccessToken => "access_token",
            Self::RefreshToken => "refresh_token",
            Self::Userinfo => "userinfo",
            Self::Auth => "auth",
            Self::Token => "token",
            Self::StableToken => "stable_token",
        }
    }

    /// Whether its requests are about a person and not only about an account.
    pub(super) const fn is_about_a_person(self) -> bool {
        match self {
            Self::Authorize
            | Self::AccessToken
            | Self::RefreshToken
            | Self::Userinfo
            | Self::Auth => true,
            Self::Token | Self::StableToken => false,
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// What a fault does to a request. In JSON an object with `kind`, such as `{"kind": "errcode", "errcode": -1}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", from = "Spelling")]
pub enum Effect {
    /// WeChat's error of this number; on the authorize page the page with this number.
    Errcode {
        /// Any number but 0.
        errcode: i64,
        /// WeChat's words for the number if left out.
        #[serde(skip_serializing_if = "Option::is_none")]
        errmsg: Option<String>,
    },
    /// The same with `errcode` as a JSON string and `rid` as a field of its own, as one developer reported.
    StringErrcode {
        /// Any number but 0.
        errcode: i64,
        /// WeChat's words for the number if left out.
        #[serde(skip_serializing_if = "Option::is_none")]
        errmsg: Option<String>,
    },
    /// An HTTP status other than 200 with an HTML body, as from a gateway.
    HttpStatus {
        /// 400 to 599.
        status: u16,
    },
    /// Status 200 and nothing else.
    EmptyBody,
    /// Status 200 and a gateway's HTML page.
    HtmlBody,
    /// The first half of the right answer. The work is done.
    TruncatedJson,
    /// The right answer in UTF-8 under `Content-Type: text/plain; charset=gbk`. The work is done.
    WrongCharset,
    /// The right answer, later.
    Delay {
        /// At most 60000.
        millis: u64,
    },
    /// The connection is closed without an answer and nothing has happened: a code stays usable.
    ResetBefore,
    /// The connection is closed without an answer after the work was done: a code is spent.
    ResetAfter,
    /// Authorize only: the browser calls the app's callback twice with the same code.
    CallbackTwice,
    /// Authorize only: the redirect carries a used code of somebody else.
    StaleCode,
}

impl Effect {
    /// Strikes the redirect to the app, not the request for it.
    pub(super) const fn is_delivery(&self) -> bool {
        matches!(self, Self::CallbackTwice | Self::StaleCode)
    }

    /// Spoils the answer of a server's API; a page has no such answer.
    pub(super) const fn is_for_apis_only(&self) -> bool {
        matches!(
            self,
            Self::StringErrcode { .. } | Self::TruncatedJson | Self::WrongCharset
        )
    }

    /// Needs the right answer, or the traces of having given it.
    pub(super) const fn always_after_work(&self) -> bool {
        matches!(
            self,
            Self::TruncatedJson | Self::WrongCharset | Self::ResetAfter
        )
    }
}
