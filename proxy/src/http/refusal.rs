//! Error responses: one status, one code and one or two plain sentences for each reason to refuse a request.

mod words;

use std::fmt;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_LANGUAGE, ALLOW, HeaderMap, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use actix_web::{HttpResponse, ResponseError};
use api_types::{ApiErrorBody, ErrorCode, WechatError};

use super::headers;
use crate::login::exchange::LoginError;
use crate::login::rate_limit::RateLimited;
use login_store::{self as store, InvalidJson};
use wechat_oauth::{self as wechat, FailureKind};

/// Every reason for which this server refuses a request.
///
/// Handlers return it; the envelope with the request id is put around it in `middleware::observe`, the one place that
/// also sees the refusals of the web framework.
#[derive(Debug, Clone)]
pub enum Refusal {
    /// WeChat refused the code or did not answer sensibly.
    Wechat(wechat::Error),
    /// There were too many of late; this one was not tried.
    RateLimited(RateLimited),
    /// There is too much under way at this moment, or in the database's queue.
    Busy {
        /// For the log only: which of them.
        cause: Arc<str>,
    },
    /// The body of the request took too long to arrive.
    BodyTooSlow,
    /// The process is ending, so whoever balances load should ask another replica.
    Ending,
    /// The code was exchanged with another verifier.
    OtherVerifier,
    /// The request names an account that is not configured.
    UnknownAccount,
    /// The account has no website application.
    NoWebsite,
    /// The code is not 1 to 128 visible ASCII characters.
    MalformedCode,
    /// The verifier is not 32 letters and digits.
    MalformedVerifier,
    /// The body is not the JSON object that belongs there.
    MalformedBody,
    /// The body is not declared as JSON.
    NotJson,
    /// The body is longer than any honest one.
    BodyTooLarge {
        /// What is allowed where it was sent to.
        most_bytes: usize,
    },
    /// The path for a QR code is not one of this site's pages.
    ForeignPath,
    /// The report of a broken app has another shape.
    MalformedReport,
    /// There is no valid session.
    NotSignedIn,
    /// The query of a list has an unknown, doubled or malformed parameter.
    MalformedQuery,
    /// The cursor is not one this server gave for this list.
    MalformedCursor,
    /// The kind or the key of a record is not of its form.
    MalformedRecordName,
    /// The value of a record is no JSON everybody can read.
    MalformedValue(InvalidJson),
    /// `If-Match` or `If-None-Match` says something we do not understand.
    MalformedPrecondition,
    /// The record is not, or no longer, what the caller believes.
    PreconditionFailed,
    /// A guest of WeChat's snapshot mode wants to write.
    SnapshotGuest,
    /// A user wants to write a record of a kind that only backends write.
    KindOfBackends,
    /// A page of another site wants to write.
    CrossSite,
    /// There is no valid service key.
    NoServiceKey,
    /// A path under `/service/` names an account that is not configured.
    UnknownServiceAccount,
    /// The openid or unionid a backend sent is not of its form.
    MalformedUser,
    /// Nobody with this openid was ever seen under this account.
    UnknownUser,
    /// There is nothing under this path.
    NotFound,
    /// The path exists, but not for this method.
    MethodNotAllowed {
        /// The methods it exists for, as in the `Allow` header.
        allow: HeaderValue,
    },
    /// Any other refusal of the web framework, with its status.
    Framework(StatusCode),
    /// The database does not answer, so whoever balances load should ask another replica.
    NotReady {
        /// For the log only.
        cause: Arc<str>,
    },
    /// Our own fault.
    Internal {
        /// For the log only.
        cause: Arc<str>,
    },
}

/// What the caller reads. Only what the app shows to people, an operator's advice, exists in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Unless asked otherwise.
    English,
    /// What `Accept-Language` wants most, first among equals, is a Chinese one.
    Chinese,
}

impl Language {
    /// The language a request asks for.
    pub fn of(headers: &HeaderMap) -> Self {
        let wanted = headers::wanted(headers, ACCEPT_LANGUAGE);
        let most = wanted
            .iter()
            .reduce(|most, next| if next.1 > most.1 { next } else { most });
        match most {
            Some((language, weight)) if *weight > 0.0 && is_chinese(language) => Self::Chinese,
            _ => Self::English,
        }
    }
}

/// With whatever script or region: `zh-hans-cn`.
fn is_chinese(language: &str) -> bool {
    language.split(['-', '_']).next() == Some("zh")
}

impl Refusal {
    /// Our own fault, with its cause for the log.
    pub fn internal(cause: impl fmt::Display) -> Self {
        let cause = cause.to_string().into();
        Self::Internal { cause }
    }

    /// Too much at this moment, with its cause for the log.
    pub fn busy(cause: impl fmt::Display) -> Self {
        let cause = cause.to_string().into();
        Self::Busy { cause }
    }

    fn of_store(error: &store::Error) -> Self {
        if error.is_queue_full() {
            return Self::busy(error);
        }
        Self::internal(error)
    }

    /// What programs decide on.
    pub fn code(&self) -> ErrorCode {
        self.code_and_status().0
    }

    fn code_and_status(&self) -> (ErrorCode, StatusCode) {
        use ErrorCode as Code;
        use StatusCode as Status;
        match self {
            Self::Wechat(error) => match error.kind() {
                FailureKind::CodeExpired => (Code::CodeExpired, Status::GONE),
                FailureKind::CodeUsed => (Code::CodeUsed, Status::CONFLICT),
                FailureKind::RateLimited => (Code::RateLimited, Status::TOO_MANY_REQUESTS),
                FailureKind::Unavailable => (Code::WechatUnavailable, Status::SERVICE_UNAVAILABLE),
                FailureKind::Refused => (Code::RefusedByWechat, Status::BAD_GATEWAY),
            },
            Self::RateLimited(_) => (Code::RateLimited, Status::TOO_MANY_REQUESTS),
            Self::OtherVerifier => (Code::CodeUsed, Status::CONFLICT),
            Self::UnknownAccount
            | Self::NoWebsite
            | Self::MalformedCode
            | Self::MalformedVerifier
            | Self::MalformedBody
            | Self::ForeignPath
            | Self::MalformedReport
            | Self::MalformedQuery
            | Self::MalformedCursor
            | Self::MalformedRecordName
            | Self::MalformedValue(_)
            | Self::MalformedPrecondition
            | Self::MalformedUser => (Code::InvalidRequest, Status::BAD_REQUEST),
            Self::NotJson => (Code::InvalidRequest, Status::UNSUPPORTED_MEDIA_TYPE),
            Self::BodyTooLarge { .. } => (Code::InvalidRequest, Status::PAYLOAD_TOO_LARGE),
            Self::BodyTooSlow => (Code::InvalidRequest, Status::REQUEST_TIMEOUT),
            Self::MethodNotAllowed { .. } => (Code::InvalidRequest, Status::METHOD_NOT_ALLOWED),
            Self::NotSignedIn | Self::NoServiceKey => (Code::Unauthorized, Status::UNAUTHORIZED),
            Self::SnapshotGuest | Self::KindOfBackends | Self::CrossSite => {
                (Code::Forbidden, Status::FORBIDDEN)
            }
            Self::NotFound | Self::UnknownServiceAccount | Self::UnknownUser => {
                (Code::NotFound, Status::NOT_FOUND)
            }
            Self::PreconditionFailed => (Code::PreconditionFailed, Status::PRECONDITION_FAILED),
            Self::Framework(status) if status.is_client_error() => (Code::InvalidRequest, *status),
            Self::Framework(status) => (Code::Internal, *status),
            Self::Busy { .. } | Self::Ending | Self::NotReady { .. } => {
                (Code::Internal, Status::SERVICE_UNAVAILABLE)
            }
            Self::Internal { .. } => (Code::Internal, Status::INTERNAL_SERVER_ERROR),
        }
    }

    /// WeChat's own words, where it sent any.
    pub fn wechat(&self) -> Option<WechatError> {
        let Self::Wechat(error) = self else {
            return None;
        };
        Some(WechatError {
            errcode: error.errcode()?,
            rid: error.rid().map(str::to_owned),
        })
    }

    /// What the log says beyond status and code: why WeChat could not be used, or what failed here.
    pub fn cause(&self) -> Option<String> {
        match self {
            Self::Wechat(error) => Some(error.to_string()),
            Self::Busy { cause } | Self::NotReady { cause } | Self::Internal { cause } => {
                Some(cause.to_string())
            }
            _ => None,
        }
    }

    /// After how many seconds the same request may succeed, where that is known.
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::RateLimited(limited) => Some(limited.retry_after_seconds()),
            // WeChat's limits count by the minute.
            Self::Wechat(error) if error.kind() == FailureKind::RateLimited => Some(60),
            Self::Busy { .. } => Some(1),
            _ => None,
        }
    }

    /// The complete answer, in the envelope every error has.
    pub fn response(&self, request_id: &str, language: Language) -> HttpResponse {
        let body = ApiErrorBody {
            error: api_types::ApiError {
                code: self.code(),
                message: self.message(language),
                request_id: request_id.to_owned(),
                wechat: self.wechat(),
            },
        };
        let mut response = HttpResponse::build(self.status_code()).json(body);
        let headers = response.headers_mut();
        if let Self::MethodNotAllowed { allow } = self {
            headers.insert(ALLOW, allow.clone());
        }
        if let Self::NoServiceKey = self {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after() {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for Refusal {}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.code_and_status().1
    }

    /// Without a body: the envelope is put around it where the request id is known.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

impl From<LoginError> for Refusal {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::OtherVerifier => Self::OtherVerifier,
            LoginError::RateLimited(limited) => Self::RateLimited(limited),
            LoginError::Wechat(error) => Self::Wechat(error),
            LoginError::Store(error) => Self::of_store(&error),
            LoginError::Interrupted => Self::internal("the exchange panicked"),
        }
    }
}

impl From<RateLimited> for Refusal {
    fn from(limited: RateLimited) -> Self {
        Self::RateLimited(limited)
    }
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        Self::of_store(&error)
    }
}

#[cfg(test)]
mod tests;
