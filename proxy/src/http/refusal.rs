//! Error responses: one status, one code and one or two plain sentences for each reason to refuse a request.

mod door;
mod words;

use std::fmt;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use api_types::{ApiErrorBody, ErrorCode, WechatError};

use crate::login::exchange::LoginError;
use crate::login::rate_limit::RateLimited;
use login_store::{self as store, InvalidJson};
use wechat_oauth::{self as wechat, FailureKind};

pub(crate) use door::Door;
pub(crate) use words::Language;

/// Every reason for which this server refuses a request.
///
/// Handlers return it; the envelope with the request id is put around it in `middleware::observe`, the one place that
/// also sees the refusals of the web framework.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Refusal {
    /// WeChat refused the code or did not answer sensibly.
    #[error("{}", words::of_wechat(.0, Language::English))]
    Wechat(wechat::Error),
    /// With a simulator in WeChat's place: it is not there.
    #[error("{english}")]
    NoSimulator {
        /// What to do.
        english: Arc<str>,
        /// The same.
        chinese: Arc<str>,
        /// For the log only.
        cause: Arc<str>,
    },
    /// There were too many of late; this one was not tried.
    #[error("{}", words::of_rate_limit(.0))]
    RateLimited(RateLimited),
    /// There is too much under way at this moment, or in the database's queue.
    #[error("There is more to do at this moment than this server takes on. Try again in a moment.")]
    Busy {
        /// For the log only: which of them.
        cause: Arc<str>,
    },
    #[error(
        "The body of the request did not arrive in time. Send it again over a better connection."
    )]
    BodyTooSlow,
    /// The process is ending, so whoever balances load should ask another replica.
    #[error("This process is about to end. Ask another one.")]
    Ending,
    /// The code was exchanged with another verifier.
    #[error("This code was already exchanged by another browser. Begin the login again.")]
    OtherVerifier,
    #[error(
        "The account is not configured on this server. Use one of those GET /api/bootstrap lists."
    )]
    UnknownAccount,
    /// Something is wrong with a way to sign in, or to sign a page.
    #[error("{}", .0.words(Language::English))]
    Door(Door),
    #[error(
        "The code must be 1 to 128 visible ASCII characters. Send it exactly as WeChat's redirect gave it."
    )]
    MalformedCode,
    #[error("The verifier must be exactly 32 ASCII letters and digits. Begin the login again.")]
    MalformedVerifier,
    /// The body is not the JSON object that belongs there.
    #[error(
        "The body is not the JSON object this address expects. Compare its fields and their types with the description of this address."
    )]
    MalformedBody,
    #[error("The body must be sent with Content-Type: application/json.")]
    NotJson,
    #[error("The body is longer than the {most_bytes} bytes allowed here.")]
    BodyTooLarge {
        /// What is allowed where it was sent to.
        most_bytes: usize,
    },
    #[error(
        "path must be one of this site's pages, such as /orders, without WeChat's answer to a login; the whole address has at most 1024 bytes, percent-encoded."
    )]
    ForeignPath,
    /// The report of a broken app has another shape.
    #[error(
        "The body must be {{\"code\"}} or {{\"code\", \"request_id\"}} with one of the codes this address knows."
    )]
    MalformedReport,
    #[error("Nobody is signed in, or the session has ended. Begin a login.")]
    NotSignedIn,
    #[error(
        "The query takes limit (1 to 100), cursor (as next_cursor gave it) and, of records, kind (1 to 32 of a-z, 0-9, _ and -) and across (account or person), each at most once and nothing else."
    )]
    MalformedQuery,
    #[error(
        "The cursor was not given by this server for this list, or it is too old. Ask again without cursor."
    )]
    MalformedCursor,
    #[error(
        "The kind must be 1 to 32 of a-z, 0-9, _ and -; the key 1 to 128 of A-Z, a-z, 0-9, ., _, ~, : and -, but neither . nor ..."
    )]
    MalformedRecordName,
    #[error("The body cannot be kept: {0}. Send any other JSON.")]
    MalformedValue(InvalidJson),
    #[error(
        "If-Match takes one entity tag as ETag gave it, or *; If-None-Match takes * when writing."
    )]
    MalformedPrecondition,
    #[error("The record is not, or no longer, as the request expects. Read it again, then decide.")]
    PreconditionFailed,
    #[error(
        "A guest of WeChat's snapshot mode can keep nothing. Let the user open the full page and sign in."
    )]
    SnapshotGuest,
    #[error(
        "Records of this kind are written by the company's backends alone, as backend_kinds says. Ask through one of them."
    )]
    KindOfBackends,
    #[error("A page of another site asked for this. Ask from the app itself.")]
    CrossSite,
    #[error(
        "There is no valid service key. Send Authorization: Bearer with a key of the section service_keys."
    )]
    NoServiceKey,
    /// A path under `/service/` names an account or a platform that is not configured.
    #[error(
        "No account or platform of this name is configured on this server. Use one of the section accounts."
    )]
    UnknownServiceAccount,
    #[error(
        "An openid or unionid must be 1 to 128 of A-Z, a-z, 0-9, _ and -. Send it exactly as WeChat gave it."
    )]
    MalformedUser,
    #[error("Nobody with this openid was ever seen under this account.")]
    UnknownUser,
    #[error("There is nothing under this address.")]
    NotFound,
    #[error("This address does not take that method. It takes {}.", String::from_utf8_lossy(.allow.as_bytes()))]
    MethodNotAllowed {
        /// The methods it exists for, as in the `Allow` header.
        allow: HeaderValue,
    },
    /// Any other refusal of the web framework, with its status.
    #[error("The request could not be read. Repeating it unchanged will not help.")]
    Framework(StatusCode),
    /// The database does not answer, so whoever balances load should ask another replica.
    #[error("The database does not answer. The log has the cause.")]
    NotReady {
        /// For the log only.
        cause: Arc<str>,
    },
    /// Our own fault.
    #[error(
        "Something failed on this server. Try again; if it stays, tell the operator the request id."
    )]
    Internal {
        /// For the log only.
        cause: Arc<str>,
    },
}

impl Refusal {
    /// Our own fault, with its cause for the log.
    pub(crate) fn internal(cause: impl fmt::Display) -> Self {
        let cause = cause.to_string().into();
        Self::Internal { cause }
    }

    /// Too much at this moment, with its cause for the log.
    pub(crate) fn busy(cause: impl fmt::Display) -> Self {
        let cause = cause.to_string().into();
        Self::Busy { cause }
    }

    fn of_store(error: &store::Error) -> Self {
        if error.is_passing() {
            return Self::busy(error);
        }
        Self::internal(error)
    }

    /// What programs decide on.
    pub(crate) fn code(&self) -> ErrorCode {
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
            Self::NoSimulator { .. } => (Code::WechatUnavailable, Status::SERVICE_UNAVAILABLE),
            Self::RateLimited(_) => (Code::RateLimited, Status::TOO_MANY_REQUESTS),
            Self::OtherVerifier => (Code::CodeUsed, Status::CONFLICT),
            Self::Door(door) => door.code_and_status(),
            Self::UnknownAccount
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
    pub(crate) fn wechat(&self) -> Option<WechatError> {
        let Self::Wechat(error) = self else {
            return None;
        };
        Some(WechatError {
            errcode: error.errcode()?,
            rid: error.rid().map(str::to_owned),
        })
    }

    /// What the log says beyond status and code: why WeChat could not be used, or what failed here.
    pub(crate) fn cause(&self) -> Option<String> {
        match self {
            Self::Wechat(error) => Some(error.to_string()),
            Self::NoSimulator { english, cause, .. } => Some(format!("{cause}. {english}")),
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
    pub(crate) fn response(&self, request_id: &str, language: Language) -> HttpResponse {
        let body = ApiErrorBody {
            error: api_types::ApiError {
                code: self.code(),
                message: match self {
                    Self::Wechat(error) => words::of_wechat(error, language),
                    Self::NoSimulator { chinese, .. } if language == Language::Chinese => {
                        chinese.to_string()
                    }
                    Self::Door(door) => door.words(language).to_owned(),
                    _ => self.to_string(),
                },
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
