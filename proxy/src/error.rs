//! What a caller is told when something fails: one status, one code and one or two plain sentences for each reason.

use std::fmt;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_LANGUAGE, ALLOW, HeaderMap, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use actix_web::{HttpResponse, ResponseError};
use api_types::{ApiErrorBody, ErrorCode, WechatError};

use crate::exchange::Failure;
use crate::limits::{Limit, Limited};
use crate::store::{self, InvalidJson, RecordValue};
use crate::wechat::{self, FailureKind, operator_hint};

/// Every reason for which this server refuses a request.
///
/// Handlers return it; the envelope with the request id is put around it in [`crate::telemetry`], the one place that
/// also sees the refusals of the web framework.
#[derive(Debug, Clone)]
pub enum ApiError {
    /// WeChat refused the code or did not answer sensibly.
    Wechat(wechat::Error),
    /// There were too many of late; this one was not tried.
    Limited(Limited),
    /// There is too much under way at this moment, or in the database's queue.
    Busy,
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
    BodyTooLarge,
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
    /// The value of a record is too long.
    ValueTooLong,
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
        allow: &'static str,
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
    /// The first language of `Accept-Language` is a Chinese one.
    Chinese,
}

impl Language {
    /// The language a request asks for.
    pub fn of(headers: &HeaderMap) -> Self {
        let asked = headers.get(ACCEPT_LANGUAGE).map(HeaderValue::as_bytes);
        if asked.is_some_and(|asked| asked.to_ascii_lowercase().starts_with(b"zh")) {
            Self::Chinese
        } else {
            Self::English
        }
    }
}

impl ApiError {
    /// Our own fault, with its cause for the log.
    pub fn internal(cause: impl fmt::Display) -> Self {
        let cause = cause.to_string().into();
        Self::Internal { cause }
    }

    /// What programs decide on.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Wechat(error) => match error.kind() {
                FailureKind::CodeExpired => ErrorCode::CodeExpired,
                FailureKind::CodeUsed => ErrorCode::CodeUsed,
                FailureKind::RateLimited => ErrorCode::RateLimited,
                FailureKind::Unavailable => ErrorCode::WechatUnavailable,
                FailureKind::Refused => ErrorCode::RefusedByWechat,
            },
            Self::Limited(_) => ErrorCode::RateLimited,
            Self::OtherVerifier => ErrorCode::CodeUsed,
            Self::UnknownAccount
            | Self::NoWebsite
            | Self::MalformedCode
            | Self::MalformedVerifier
            | Self::MalformedBody
            | Self::NotJson
            | Self::BodyTooLarge
            | Self::BodyTooSlow
            | Self::ForeignPath
            | Self::MalformedReport
            | Self::MalformedQuery
            | Self::MalformedCursor
            | Self::MalformedRecordName
            | Self::MalformedValue(_)
            | Self::ValueTooLong
            | Self::MalformedPrecondition
            | Self::MalformedUser
            | Self::MethodNotAllowed { .. } => ErrorCode::InvalidRequest,
            Self::NotSignedIn | Self::NoServiceKey => ErrorCode::Unauthorized,
            Self::SnapshotGuest | Self::KindOfBackends | Self::CrossSite => ErrorCode::Forbidden,
            Self::NotFound | Self::UnknownServiceAccount | Self::UnknownUser => ErrorCode::NotFound,
            Self::PreconditionFailed => ErrorCode::PreconditionFailed,
            Self::Framework(status) if status.is_client_error() => ErrorCode::InvalidRequest,
            Self::Framework(_)
            | Self::Busy
            | Self::Ending
            | Self::NotReady { .. }
            | Self::Internal { .. } => ErrorCode::Internal,
        }
    }

    /// What happened, why, and what to do next.
    fn message(&self, language: Language) -> String {
        match self {
            Self::Wechat(error) => wechat_message(error, language),
            Self::Limited(limited) => limited_message(limited),
            Self::Busy => {
                "There is more to do at this moment than this server takes on. Try again in a moment.".into()
            }
            Self::BodyTooSlow => {
                "The body of the request did not arrive in time. Send it again over a better connection.".into()
            }
            Self::Ending => "This process is about to end. Ask another one.".into(),
            Self::OtherVerifier => {
                "This code was already exchanged by another browser. Begin the login again.".into()
            }
            Self::UnknownAccount => {
                "The account is not configured on this server. Use one of those GET /api/bootstrap lists.".into()
            }
            Self::NoWebsite => {
                "This account has no website application, so there is no QR login for it. Begin an ordinary login.".into()
            }
            Self::MalformedCode => {
                "The code must be 1 to 128 visible ASCII characters. Send it exactly as WeChat's redirect gave it.".into()
            }
            Self::MalformedVerifier => {
                "The verifier must be exactly 32 ASCII letters and digits. Begin the login again.".into()
            }
            Self::MalformedBody => {
                "The body is not the JSON object this address expects. Compare its fields and their types with the description of this address.".into()
            }
            Self::NotJson => "The body must be sent with Content-Type: application/json.".into(),
            Self::BodyTooLarge => "The body is longer than the 4096 bytes allowed here.".into(),
            Self::ForeignPath => {
                "path must be one of this site's pages, such as /orders, without code and state; the whole address has at most 1024 bytes, percent-encoded.".into()
            }
            Self::MalformedReport => {
                "The body must be {\"code\"} or {\"code\", \"request_id\"} with one of the codes this address knows.".into()
            }
            Self::NotSignedIn => "Nobody is signed in, or the session has ended. Begin a login.".into(),
            Self::MalformedQuery => {
                "The query takes kind (1 to 32 of a-z, 0-9, _ and -), across (account or person), limit (1 to 100) and \
                 cursor (as next_cursor gave it), each at most once and nothing else.".into()
            }
            Self::MalformedCursor => {
                "The cursor was not given by this server for this user, kind and across, or it is too old. Ask again without cursor.".into()
            }
            Self::MalformedRecordName => {
                "The kind must be 1 to 32 of a-z, 0-9, _ and -; the key 1 to 128 of A-Z, a-z, 0-9, ., _, ~, : and -, but neither . nor ...".into()
            }
            Self::MalformedValue(why) => format!("The body cannot be kept: {why}. Send any other JSON."),
            Self::ValueTooLong => {
                format!("The body is longer than the {} bytes a record may have.", RecordValue::MOST_BYTES)
            }
            Self::MalformedPrecondition => {
                "If-Match takes one entity tag as ETag gave it, or *; If-None-Match takes * when writing.".into()
            }
            Self::PreconditionFailed => {
                "The record is not, or no longer, as the request expects. Read it again, then decide.".into()
            }
            Self::SnapshotGuest => {
                "A guest of WeChat's snapshot mode can keep nothing. Let the user open the full page and sign in.".into()
            }
            Self::KindOfBackends => {
                "Records of this kind are written by the company's backends alone, as backend_kinds says. Ask through one of them.".into()
            }
            Self::CrossSite => "A page of another site asked for this. Ask from the app itself.".into(),
            Self::NoServiceKey => {
                "There is no valid service key. Send Authorization: Bearer with a key of the section service_keys.".into()
            }
            Self::UnknownServiceAccount => {
                "No account of this name is configured on this server. Use a name of the section accounts.".into()
            }
            Self::MalformedUser => {
                "An openid or unionid must be 1 to 128 of A-Z, a-z, 0-9, _ and -. Send it exactly as WeChat gave it.".into()
            }
            Self::UnknownUser => "Nobody with this openid was ever seen under this account.".into(),
            Self::NotFound => "There is nothing under this address.".into(),
            Self::MethodNotAllowed { allow } => {
                format!("This address does not take that method. It takes {allow}.")
            }
            Self::Framework(_) => "The request could not be read. Repeating it unchanged will not help.".into(),
            Self::NotReady { .. } => "The database does not answer. The log has the cause.".into(),
            Self::Internal { .. } => {
                "Something failed on this server. Try again; if it stays, tell the operator the request id.".into()
            }
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
            Self::NotReady { cause } | Self::Internal { cause } => Some(cause.to_string()),
            _ => None,
        }
    }

    /// After how many seconds the same request may succeed, where that is known.
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Limited(limited) => Some(limited.retry_after_seconds()),
            // WeChat's limits count by the minute.
            Self::Wechat(error) if error.kind() == FailureKind::RateLimited => Some(60),
            Self::Busy => Some(1),
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
            headers.insert(ALLOW, HeaderValue::from_static(allow));
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

/// The status of a code that has only one.
fn usual_status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::CodeExpired => StatusCode::GONE,
        ErrorCode::CodeUsed => StatusCode::CONFLICT,
        ErrorCode::RefusedByWechat => StatusCode::BAD_GATEWAY,
        ErrorCode::WechatUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::InvalidRequest => StatusCode::BAD_REQUEST,
        ErrorCode::Unauthorized => StatusCode::UNAUTHORIZED,
        ErrorCode::Forbidden => StatusCode::FORBIDDEN,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn limited_message(limited: &Limited) -> String {
    let seconds = limited.retry_after_seconds();
    match limited.limit {
        Limit::ExchangesOfClient => format!(
            "There were too many logins from this address in the last minute. Wait {seconds} s, then begin the login again."
        ),
        Limit::Exchanges => format!(
            "There were too many logins in the last minute. Wait {seconds} s, then begin the login again."
        ),
        Limit::WritesOfUser => format!(
            "This user has written too many records in the last minute. Wait {seconds} s, then send the request again."
        ),
        Limit::Wechat => format!(
            "WeChat's limit on logins is reached. Wait {seconds} s, then begin the login again."
        ),
    }
}

fn wechat_message(error: &wechat::Error, language: Language) -> String {
    match error.kind() {
        FailureKind::CodeExpired => {
            "WeChat does not know this code, or it is older than five minutes. Begin the login again.".into()
        }
        FailureKind::CodeUsed => {
            "This code was already exchanged. Begin the login again.".into()
        }
        FailureKind::RateLimited => {
            "WeChat's limit on logins is reached. Wait a minute, then begin the login again.".into()
        }
        FailureKind::Unavailable => {
            "WeChat is busy or did not answer sensibly. Begin the login again in a moment.".into()
        }
        FailureKind::Refused => {
            let (english, chinese) = operator_hint(error.errcode().unwrap_or_default());
            match language {
                Language::English => format!("WeChat refused the login. {english}"),
                Language::Chinese => format!("微信拒绝了登录请求。{chinese}"),
            }
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message(Language::English))
    }
}

impl std::error::Error for ApiError {}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::BodyTooLarge | Self::ValueTooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::Framework(status) => *status,
            Self::Busy | Self::Ending | Self::NotReady { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::Wechat(_)
            | Self::Limited(_)
            | Self::OtherVerifier
            | Self::UnknownAccount
            | Self::NoWebsite
            | Self::MalformedCode
            | Self::MalformedVerifier
            | Self::MalformedBody
            | Self::ForeignPath
            | Self::MalformedReport
            | Self::NotSignedIn
            | Self::MalformedQuery
            | Self::MalformedCursor
            | Self::MalformedRecordName
            | Self::MalformedValue(_)
            | Self::MalformedPrecondition
            | Self::PreconditionFailed
            | Self::SnapshotGuest
            | Self::KindOfBackends
            | Self::CrossSite
            | Self::NoServiceKey
            | Self::UnknownServiceAccount
            | Self::MalformedUser
            | Self::UnknownUser
            | Self::NotFound
            | Self::Internal { .. } => usual_status(self.code()),
        }
    }

    /// Without a body: the envelope is put around it where the request id is known.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::OtherVerifier => Self::OtherVerifier,
            Failure::Limited(limited) => Self::Limited(limited),
            Failure::Wechat(error) => Self::Wechat(error),
            Failure::Store(error) if error.is_queue_full() => Self::Busy,
            Failure::Store(error) => Self::internal(error),
            Failure::Interrupted => Self::internal("the exchange panicked"),
        }
    }
}

impl From<store::Error> for ApiError {
    fn from(error: store::Error) -> Self {
        if error.is_queue_full() {
            return Self::Busy;
        }
        Self::internal(error)
    }
}

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;
