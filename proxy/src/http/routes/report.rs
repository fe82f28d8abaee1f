//! `/api/report`: one line in the log for an app that broke on somebody's phone.

use actix_web::http::header::USER_AGENT;
use actix_web::{HttpRequest, HttpResponse, web};
use api_types::Report;

use crate::http::extract::body::UndeclaredObject;
use crate::http::headers;
use crate::http::middleware::request_id::RequestId;
use crate::http::openapi::responses::{Forbidden, InvalidRequest, TooLong};
use crate::http::refusal::Refusal;
use crate::http::state::AppState;

/// How much of a user agent is logged, in characters; WeChat's have about 250.
const USER_AGENT_CHARS: usize = 400;

/// `POST /api/report`: the page's own script tells what happened; the user agent is the request's.
///
/// Of any content type, because a page may send only plain text to another origin without asking first. Answered the
/// same when there are too many: the log is what is protected.
///
/// # Errors
/// [`Refusal::MalformedReport`] for anything but [`Report`].
#[utoipa::path(
    post,
    path = "/api/report",
    operation_id = "post_report",
    security(()),
    request_body(content((Report = "application/json"), (Report = "text/plain")), description = "At most 1 KiB, of any content type"),
    responses(
        (status = 204, description = "Taken, or there were too many this minute"),
        InvalidRequest,
        Forbidden,
        TooLong,
    )
)]
pub(crate) async fn take(
    state: web::Data<AppState>,
    request: HttpRequest,
    UndeclaredObject(report): UndeclaredObject<Report>,
) -> Result<HttpResponse, Refusal> {
    state.metrics.app_broke(report.code);
    if state.reports.take(&()).is_ok() {
        tracing::warn!(
            code = report.code.as_str(),
            last_request_id = report
                .request_id
                .filter(|id| RequestId::is_one(id.as_bytes())),
            user_agent = user_agent(&request),
            "the app broke on a phone"
        );
    }
    Ok(HttpResponse::NoContent().finish())
}

fn user_agent(request: &HttpRequest) -> Option<String> {
    let text = headers::text(request.headers(), USER_AGENT)?;
    let printable = text.chars().filter(|letter| !letter.is_control());
    Some(printable.take(USER_AGENT_CHARS).collect())
}
