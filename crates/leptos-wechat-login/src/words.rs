//! Every word of the login, in Chinese and English.

use api_types::ErrorCode;

use crate::browser;

// `struct Words`, with `Words::CHINESE` and `Words::ENGLISH`, of `words.toml`.
include!(concat!(env!("OUT_DIR"), "/words.rs"));

impl Words {
    /// The reader's language: English if the browser asks for it first, Chinese otherwise.
    pub fn of_the_browser() -> &'static Self {
        if browser::language().starts_with("en") {
            &Self::ENGLISH
        } else {
            &Self::CHINESE
        }
    }

    /// What happened and what the user can do, for each reason the proxy gives.
    pub fn of(&self, code: ErrorCode) -> &'static str {
        match code {
            ErrorCode::CodeExpired => self.code_expired,
            ErrorCode::CodeUsed => self.code_used,
            ErrorCode::RefusedByWechat => self.refused_by_wechat,
            ErrorCode::WechatUnavailable => self.wechat_unavailable,
            ErrorCode::RateLimited => self.rate_limited,
            ErrorCode::InvalidRequest
            | ErrorCode::Forbidden
            | ErrorCode::PreconditionFailed
            | ErrorCode::ForeignAddress
            | ErrorCode::ScanExpired
            | ErrorCode::WrongApplication => self.invalid_request,
            ErrorCode::Unauthorized => self.unauthorized,
            ErrorCode::NotFound => self.not_found,
            ErrorCode::Internal => self.internal,
        }
    }
}
