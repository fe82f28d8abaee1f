//! How a call to WeChat fails, and what that means for the login.

use std::fmt;
use std::sync::Arc;

/// Which of WeChat's calls failed; stands in log lines for the URL, which carries secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `/sns/oauth2/access_token`.
    AccessToken,
    /// `/sns/userinfo`.
    UserInfo,
    /// `/cgi-bin/stable_token`.
    StableToken,
}

impl Endpoint {
    /// The end of its path.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccessToken => "access_token",
            Self::UserInfo => "userinfo",
            Self::StableToken => "stable_token",
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Why a call to WeChat brought nothing. Safe to log: no URL, no body, no errmsg.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No connection came about, so WeChat saw nothing of the request.
    #[error("{endpoint}: no connection to WeChat: {cause}")]
    NotSent {
        /// Which call.
        endpoint: Endpoint,
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
    #[error("{endpoint}: WeChat answered HTTP status {status}")]
    Status {
        /// Which call.
        endpoint: Endpoint,
        /// The status.
        status: u16,
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

/// What a failure of the exchange means for the person who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The code is unknown or too old: begin again.
    CodeExpired,
    /// The code was exchanged before.
    CodeUsed,
    /// WeChat's limit on calls is reached: wait.
    RateLimited,
    /// WeChat is busy, silent or talks nonsense: try again later.
    Unavailable,
    /// The account's configuration or the user is refused: beginning again does not help.
    Refused,
}

impl Error {
    /// The class of the failure, from the error codes of WeChat's official-account documentation.
    pub fn kind(&self) -> FailureKind {
        match self {
            Self::NotSent { .. }
            | Self::Transport { .. }
            | Self::Status { .. }
            | Self::Unusable { .. } => FailureKind::Unavailable,
            Self::Refused { errcode, .. } => match errcode {
                // 42003 "code expired" is documented, 40029 "invalid code" is what expired codes really get. 42007: the
                // user has changed the password of WeChat since, and what was given out before is void.
                40029 | 42003 | 42007 => FailureKind::CodeExpired,
                40163 => FailureKind::CodeUsed,
                -1 => FailureKind::Unavailable,
                45009 | 45011 => FailureKind::RateLimited,
                // All others, the unknown ones too, name something a new login cannot mend.
                _ => FailureKind::Refused,
            },
        }
    }

    /// Whether the same call may succeed a moment later. Says nothing about whether repeating it is safe.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::NotSent { .. } | Self::Transport { .. } => true,
            Self::Status { status, .. } => *status >= 500,
            Self::Refused { errcode, .. } => *errcode == -1,
            Self::Unusable { .. } => false,
        }
    }

    /// Whether WeChat cannot have seen the request, so that the code is certainly unspent.
    pub fn is_not_sent(&self) -> bool {
        matches!(self, Self::NotSent { .. })
    }

    /// WeChat's errcode, if it sent one.
    pub fn errcode(&self) -> Option<i64> {
        match self {
            Self::Refused { errcode, .. } => Some(*errcode),
            Self::NotSent { .. }
            | Self::Transport { .. }
            | Self::Status { .. }
            | Self::Unusable { .. } => None,
        }
    }

    /// WeChat's request id, if it sent one.
    pub fn rid(&self) -> Option<&str> {
        match self {
            Self::Refused { rid, .. } => rid.as_deref(),
            Self::NotSent { .. }
            | Self::Transport { .. }
            | Self::Status { .. }
            | Self::Unusable { .. } => None,
        }
    }
}

/// What the operator does about an errcode of the exchange: one sentence in English and in Chinese, no secrets.
pub fn operator_hint(errcode: i64) -> (&'static str, &'static str) {
    match errcode {
        40013 => (
            "It does not know the appid; compare it with the account's page in WeChat's console.",
            "微信不认识该 appid，请与公众平台账号页面上的核对。",
        ),
        40001 | 40125 | 41004 => (
            "It does not accept the AppSecret for this appid; reset it in WeChat's console and configure the new one.",
            "AppSecret 与该 appid 不符，请在公众平台重置后配置新的 AppSecret。",
        ),
        40164 => (
            "It does not accept this server's address; add it to the IP whitelist in WeChat's console.",
            "本服务器的 IP 不在白名单内，请在公众平台添加。",
        ),
        40243 => (
            "The AppSecret is frozen; unfreeze it in WeChat's console.",
            "AppSecret 已被冻结，请在公众平台解冻。",
        ),
        48001 | 48004 => (
            "The account may not use this interface; look at its permissions in WeChat's console.",
            "该公众号没有此接口的权限，请在公众平台查看接口权限。",
        ),
        40226 | 50001 | 50002 | 50005 => (
            "This WeChat user is limited or has not authorized the account; nothing on this side mends that.",
            "该微信用户受限或未授权，服务端无法处理。",
        ),
        _ => (
            "Look the errcode up in WeChat's documentation; the operator has to act.",
            "请在微信官方文档中查询该错误码并处理。",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(errcode: i64) -> Error {
        Error::Refused {
            endpoint: Endpoint::AccessToken,
            errcode,
            rid: None,
        }
    }

    #[test]
    fn every_errcode_of_the_exchange_has_its_class() {
        let table = [
            (40029, FailureKind::CodeExpired),
            (42003, FailureKind::CodeExpired),
            (42007, FailureKind::CodeExpired),
            (40163, FailureKind::CodeUsed),
            (-1, FailureKind::Unavailable),
            (45009, FailureKind::RateLimited),
            (45011, FailureKind::RateLimited),
        ];
        for (errcode, kind) in table {
            assert_eq!(refused(errcode).kind(), kind, "{errcode}");
        }
        for errcode in [
            40001, 40002, 40013, 40125, 40164, 40226, 40243, 41002, 41004, 41008, 43001, 48001,
            48004, 50001, 50002, 61004, 99999,
        ] {
            assert_eq!(refused(errcode).kind(), FailureKind::Refused, "{errcode}");
        }
    }

    #[test]
    fn only_a_missing_connection_counts_as_not_sent() {
        let cause: Arc<str> = "connection refused".into();
        let endpoint = Endpoint::AccessToken;
        assert!(
            Error::NotSent {
                endpoint,
                cause: cause.clone()
            }
            .is_not_sent()
        );
        assert!(!Error::Transport { endpoint, cause }.is_not_sent());
        assert!(
            !Error::Status {
                endpoint,
                status: 502
            }
            .is_not_sent()
        );
        assert!(!refused(-1).is_not_sent());
    }
}
