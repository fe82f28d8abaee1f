//! The one error envelope of every route: `{"error": {"code", "message", "request_id"}}`.

use serde::{Deserialize, Serialize};

/// The body of every answer that is not a success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiErrorBody {
    /// The only member.
    pub error: ApiError,
}

/// What went wrong, for programs (`code`), people (`message`) and the log (`request_id`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiError {
    /// Decides what the caller does next.
    pub code: ErrorCode,
    /// What happened, why, and what to do: in English, an operator's advice also in Chinese. Never contains a secret, a
    /// code or an openid.
    pub message: String,
    /// Finds the request in the proxy's log.
    pub request_id: String,
    /// WeChat's own words, where it refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub wechat: Option<WechatError>,
}

/// What WeChat answered, enough to look it up and to ask WeChat's support about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WechatError {
    /// For example 40125, "invalid appsecret".
    pub errcode: i64,
    /// WeChat's request id, three groups of eight hexadecimal digits, where it sent one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub rid: Option<String>,
}

/// Every reason for which a request can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The code is unknown to WeChat or older than five minutes: begin the login again.
    CodeExpired,
    /// The code was exchanged before, by another browser or with another verifier.
    CodeUsed,
    /// WeChat refuses the account's configuration; beginning again does not help.
    RefusedByWechat,
    /// WeChat is busy, silent or talks nonsense; a new login a little later may work.
    WechatUnavailable,
    /// Too many requests, ours or WeChat's limit; wait a minute.
    RateLimited,
    /// The request itself is wrong; repeating it unchanged is useless.
    InvalidRequest,
    /// No valid session, or no valid service key.
    Unauthorized,
    /// Known who it is, and not allowed to do this.
    Forbidden,
    /// No such thing under this address.
    NotFound,
    /// What the caller knows is out of date: read again, then decide.
    PreconditionFailed,
    /// Our own fault; the log has the cause under the request id.
    Internal,
    /// The address to be signed is not one of this server's pages.
    ForeignAddress,
    /// The scan of a QR code is unknown, over, or decided already: show a new one.
    ScanExpired,
    /// The account has no such application, or the code is another one's.
    WrongApplication,
}

impl ErrorCode {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::CodeExpired,
        Self::CodeUsed,
        Self::RefusedByWechat,
        Self::WechatUnavailable,
        Self::RateLimited,
        Self::InvalidRequest,
        Self::Unauthorized,
        Self::Forbidden,
        Self::NotFound,
        Self::PreconditionFailed,
        Self::ForeignAddress,
        Self::ScanExpired,
        Self::WrongApplication,
        Self::Internal,
    ];

    /// The spelling on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CodeExpired => "code_expired",
            Self::CodeUsed => "code_used",
            Self::RefusedByWechat => "refused_by_wechat",
            Self::WechatUnavailable => "wechat_unavailable",
            Self::RateLimited => "rate_limited",
            Self::InvalidRequest => "invalid_request",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::PreconditionFailed => "precondition_failed",
            Self::ForeignAddress => "foreign_address",
            Self::ScanExpired => "scan_expired",
            Self::WrongApplication => "wrong_application",
            Self::Internal => "internal",
        }
    }

    /// Reads the spelling on the wire.
    pub fn from_wire(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::ErrorCode;

    #[test]
    fn both_spellings_of_a_code_are_the_same() {
        for code in ErrorCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert_eq!(ErrorCode::from_wire(code.as_str()), Some(code));
        }
        assert_eq!(ErrorCode::from_wire("nonsense"), None);
    }
}
