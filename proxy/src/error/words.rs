//! What a caller reads: one or two plain sentences for each reason.

use super::{ApiError, Language};
use crate::limits::{Limit, Limited};
use wechat_oauth::{self as wechat, FailureKind, operator_hint};

impl ApiError {
    /// What happened, why, and what to do next.
    pub(super) fn message(&self, language: Language) -> String {
        match self {
            Self::Wechat(error) => wechat_message(error, language),
            Self::Limited(limited) => limited_message(limited),
            Self::Busy { .. } => {
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
            Self::BodyTooLarge { most_bytes } => {
                format!("The body is longer than the {most_bytes} bytes allowed here.")
            }
            Self::ForeignPath => {
                "path must be one of this site's pages, such as /orders, without WeChat's answer to a login; the whole address has at most 1024 bytes, percent-encoded.".into()
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
            Self::MalformedPrecondition => {
                "If-Match takes one entity tag as ETag gave it, or *; If-None-Match takes * when writing.".into()
            }
            Self::PreconditionFailed => {
                "The record is not, or no longer, as the request expects. Read it again, then decide.".into()
            }
            Self::KindOfBackends => {
                "Records of this kind are written by the company's backends alone, as backend_kinds says. Ask through one of them.".into()
            }
            Self::SnapshotGuest => {
                "A guest of WeChat's snapshot mode can keep nothing. Let the user open the full page and sign in.".into()
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
