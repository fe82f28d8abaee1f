//! How a call to WeChat fails, and what that means for the login.

use std::fmt;
use std::sync::Arc;

use crate::{ErrorCode, FailureKind};

/// Which of WeChat's calls failed; stands in log lines for the URL, which carries secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// `GET /sns/oauth2/access_token`: a code becomes a token and an openid.
    AccessToken,
    /// `GET /sns/oauth2/refresh_token`: a token gets two more hours.
    RefreshToken,
    /// `GET /sns/userinfo`: a token becomes a name and a picture.
    UserInfo,
    /// `GET /sns/auth`: whether a token is still good.
    Auth,
    /// `POST /cgi-bin/stable_token`: an account's own token.
    StableToken,
    /// `GET /sns/jscode2session`: a mini-program's code becomes an openid.
    CodeToSession,
    /// `GET /cgi-bin/ticket/getticket`: an account's token becomes a ticket, by which pages are signed.
    Ticket,
    /// `GET /cgi-bin/user/info`: whether somebody follows the account.
    Follower,
}

/// Where an account's own calls are.
const CGI_BIN: &str = "/cgi-bin/";

impl Endpoint {
    #[cfg(feature = "client")]
    pub(crate) const ALL: [Self; 8] = [
        Self::AccessToken,
        Self::RefreshToken,
        Self::UserInfo,
        Self::Auth,
        Self::StableToken,
        Self::CodeToSession,
        Self::Ticket,
        Self::Follower,
    ];

    /// The end of its path, by which it is known.
    pub fn name(self) -> &'static str {
        let path = self.path();
        let known_by = |(_, name): (_, &'static str)| name;
        match self {
            // Its last word alone says nothing.
            Self::Follower => path.split_at_checked(CGI_BIN.len()).map_or(path, known_by),
            _ => path.rsplit_once('/').map_or(path, known_by),
        }
    }

    /// Where it is on WeChat's API host.
    pub const fn path(self) -> &'static str {
        match self {
            Self::AccessToken => "/sns/oauth2/access_token",
            Self::RefreshToken => "/sns/oauth2/refresh_token",
            Self::UserInfo => "/sns/userinfo",
            Self::Auth => "/sns/auth",
            Self::StableToken => "/cgi-bin/stable_token",
            Self::CodeToSession => "/sns/jscode2session",
            Self::Ticket => "/cgi-bin/ticket/getticket",
            Self::Follower => "/cgi-bin/user/info",
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// How a forward proxy kept a call from WeChat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProxyFault {
    /// It wants a user and a password, or other ones: HTTP's 407, or SOCKS5's own refusal.
    Unauthorized,
    /// It does not let this caller through to WeChat's host, or does not reach that itself.
    Refused,
    /// It is away, or broke off.
    Away,
}

impl fmt::Display for ProxyFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Unauthorized => "wants a user and a password, or other ones (407)",
            Self::Refused => "does not let us through to WeChat",
            Self::Away => "cannot be reached, or broke off",
        })
    }
}

/// Why a call to WeChat brought nothing. Safe to log: no URL, no body, no errmsg.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No connection came about, so WeChat saw nothing of the request.
    #[error("{endpoint}: no connection to WeChat: {cause}")]
    NotSent {
        /// Which call.
        endpoint: Endpoint,
        /// The chain of causes, without the URL.
        cause: Arc<str>,
    },
    /// A forward proxy on the way is away or refuses, so WeChat saw nothing of the request.
    #[error("{endpoint}: the proxy on the way to WeChat {fault}: {cause}")]
    Proxy {
        /// Which call.
        endpoint: Endpoint,
        /// What it did.
        fault: ProxyFault,
        /// The chain of causes, without the URL.
        cause: Arc<str>,
    },
    /// The request may have reached WeChat, but no complete answer came back.
    #[error("{endpoint}: no answer from WeChat: {cause}")]
    Transport {
        /// Which call.
        endpoint: Endpoint,
        /// The chain of causes, without the URL.
        cause: Arc<str>,
    },
    /// An HTTP status other than 200; WeChat reports its own errors with status 200.
    #[error("{endpoint}: WeChat{} answered HTTP status {status}", if *.maybe_proxy { ", or a proxy on the way," } else { "" })]
    Status {
        /// Which call.
        endpoint: Endpoint,
        /// The status.
        status: u16,
        /// Whether a proxy took part that could have answered itself: it says so in its headers, or it is a forward
        /// proxy and there is no TLS.
        maybe_proxy: bool,
    },
    /// A body that is not what WeChat's documentation describes.
    #[error("{endpoint}: WeChat's answer is unusable: {reason}")]
    Unusable {
        /// Which call.
        endpoint: Endpoint,
        /// What is wrong with the body, without quoting it.
        reason: &'static str,
    },
    /// WeChat's own error. The errmsg is left out: it may quote what was sent.
    #[error("{endpoint}: WeChat refused with errcode {errcode}")]
    Refused {
        /// Which call.
        endpoint: Endpoint,
        /// WeChat's number for the reason.
        errcode: i64,
        /// WeChat's request id, if it named one.
        rid: Option<String>,
    },
}

impl Error {
    /// What it means for a login. An unknown errcode counts as refused: it names something a new login cannot mend.
    pub fn kind(&self) -> FailureKind {
        match (self.errcode(), self.code()) {
            (None, _) => FailureKind::Unavailable,
            (Some(_), code) => code.map_or(FailureKind::Refused, ErrorCode::kind),
        }
    }

    /// Whether the same call may succeed a moment later. Says nothing about whether repeating it is safe.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::NotSent { .. } | Self::Transport { .. } => true,
            // Whoever shows a wrong password again and again is locked out.
            Self::Proxy { fault, .. } => *fault != ProxyFault::Unauthorized,
            Self::Status { status, .. } => *status >= 500,
            Self::Refused { .. } => self.code() == Some(ErrorCode::SystemError),
            Self::Unusable { .. } => false,
        }
    }

    /// Whether WeChat cannot have seen the request, so that the code is certainly unspent.
    pub fn is_not_sent(&self) -> bool {
        matches!(self, Self::NotSent { .. } | Self::Proxy { .. })
    }

    /// The call that failed.
    pub fn endpoint(&self) -> Endpoint {
        match self {
            Self::NotSent { endpoint, .. }
            | Self::Proxy { endpoint, .. }
            | Self::Transport { endpoint, .. }
            | Self::Status { endpoint, .. }
            | Self::Unusable { endpoint, .. }
            | Self::Refused { endpoint, .. } => *endpoint,
        }
    }

    /// WeChat's errcode, if it sent one.
    pub fn errcode(&self) -> Option<i64> {
        match self {
            Self::Refused { errcode, .. } => Some(*errcode),
            _ => None,
        }
    }

    /// The same, if it is a known one.
    pub fn code(&self) -> Option<ErrorCode> {
        self.errcode().and_then(ErrorCode::from_number)
    }

    /// WeChat's request id, if it sent one.
    pub fn rid(&self) -> Option<&str> {
        match self {
            Self::Refused { rid, .. } => rid.as_deref(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_has_its_class_and_only_a_missing_connection_is_not_sent() {
        use FailureKind::{CodeExpired, CodeUsed, RateLimited, Refused, Unavailable};
        let endpoint = Endpoint::AccessToken;
        let refused = |errcode| Error::Refused {
            endpoint,
            errcode,
            rid: None,
        };
        for (kind, errcodes) in [
            (CodeExpired, &[40029, 42003, 42007][..]),
            (CodeUsed, &[40163]),
            (Unavailable, &[-1]),
            (RateLimited, &[45009, 45011]),
            (Refused, &[40001, 40002, 40013, 40125, 40164, 40226, 40243]),
            (Refused, &[41002, 41004, 41008, 43001, 48001, 48004]),
            (Refused, &[50001, 50002, 61004, 99999]),
        ] {
            for errcode in errcodes {
                let error = refused(*errcode);
                assert_eq!(error.kind(), kind, "{errcode}");
                assert!(!error.is_not_sent());
                assert_eq!(error.is_transient(), *errcode == -1);
            }
        }
        let cause: Arc<str> = "connection refused".into();
        for (fault, is_transient) in [
            (ProxyFault::Unauthorized, false),
            (ProxyFault::Refused, true),
            (ProxyFault::Away, true),
        ] {
            let cause = cause.clone();
            let error = Error::Proxy {
                endpoint,
                fault,
                cause,
            };
            assert!(error.is_not_sent() && error.kind() == Unavailable);
            assert_eq!(error.is_transient(), is_transient, "{error}");
        }
        let lost = Error::Transport { endpoint, cause };
        let status = |status| Error::Status {
            endpoint,
            status,
            maybe_proxy: false,
        };
        for (error, is_transient) in [(lost, true), (status(502), true), (status(404), false)] {
            assert!(!error.is_not_sent());
            assert_eq!(error.is_transient(), is_transient, "{error}");
        }
    }
}
