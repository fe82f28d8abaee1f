//! What a caller reads where it is more than one sentence for one reason: in which language, and what depends on a limit
//! or on WeChat.

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};

use crate::http::headers;
use crate::login::rate_limit::{Limit, RateLimited};
use wechat_oauth::{self as wechat, Endpoint, ErrorCode, FailureKind, operator_hint};

/// What the caller reads. Only what the app shows to people, an operator's advice, exists in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// Unless asked otherwise.
    English,
    /// What `Accept-Language` wants most, first among equals, is a Chinese one.
    Chinese,
}

impl Language {
    /// The language a request asks for.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
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

/// How long to wait, and why.
pub(super) fn of_rate_limit(limited: &RateLimited) -> String {
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
        Limit::Reports => {
            format!("There were too many reports in the last minute. Wait {seconds} s.")
        }
        Limit::Wechat => {
            format!("WeChat's limit on calls is reached. Wait {seconds} s, then try again.")
        }
    }
}

/// What WeChat said, and for operators what to do about it.
pub(super) fn of_wechat(error: &wechat::Error, language: Language) -> String {
    let of_account = matches!(
        error.endpoint(),
        Endpoint::StableToken | Endpoint::Ticket | Endpoint::Follower
    );
    match error.kind() {
        FailureKind::CodeExpired => {
            "WeChat does not know this code: it is too old, or another account's or application's. Begin the login again.".into()
        }
        FailureKind::CodeUsed => {
            "This code was already exchanged. Begin the login again.".into()
        }
        FailureKind::RateLimited => {
            "WeChat's limit on calls is reached. Wait a minute, then try again.".into()
        }
        FailureKind::Unavailable if of_account => {
            "WeChat is busy or did not answer sensibly. Try again in a moment.".into()
        }
        FailureKind::Unavailable => {
            "WeChat is busy or did not answer sensibly. Begin the login again in a moment.".into()
        }
        FailureKind::Refused => {
            let errcode = match error.code() {
                // Of a call by a token it is about that; the AppSecret got one.
                Some(ErrorCode::InvalidCredential) if error.endpoint() != Endpoint::StableToken && of_account => {
                    ErrorCode::InvalidToken.number()
                }
                // What is said of tokens is said of the account's own, and of no login's.
                Some(ErrorCode::InvalidToken | ErrorCode::TokenExpired) if !of_account => 0,
                _ => error.errcode().unwrap_or_default(),
            };
            let (english, chinese) = operator_hint(errcode);
            match language {
                Language::English if of_account => format!("WeChat refused the account. {english}"),
                Language::English => format!("WeChat refused the login. {english}"),
                Language::Chinese if of_account => format!("微信拒绝了该账号的调用。{chinese}"),
                Language::Chinese => format!("微信拒绝了登录请求。{chinese}"),
            }
        }
    }
}
