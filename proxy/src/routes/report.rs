//! `/api/report`: one line in the log for an app that broke on somebody's phone.

use std::time::Instant;

use actix_web::http::header::USER_AGENT;
use actix_web::{HttpRequest, HttpResponse, web};
use api_types::Report;

use crate::allowance::Taken;
use crate::app::AppState;
use crate::body;
use crate::error::ApiError;
use crate::headers;
use crate::openapi::refusals::{Forbidden, InvalidRequest, TooLong};
use crate::telemetry::RequestId;

/// Longest body, in bytes; an honest one has about 70.
const BODY_BYTES: usize = 1024;

/// How much of a user agent is logged, in characters; WeChat's have about 250.
const USER_AGENT_CHARS: usize = 400;

/// `POST /api/report`: the page's own script tells what happened; the user agent is the request's.
///
/// Of any content type, because a page may send only plain text to another origin without asking first. Answered the
/// same when there are too many: the log is what is protected.
///
/// # Errors
/// [`ApiError::MalformedReport`] for anything but [`Report`].
#[utoipa::path(
    post,
    path = "/api/report",
    operation_id = "post_report",
    tag = "app",
    security(()),
    request_body(content((Report = "application/json"), (Report = "text/plain")), description = "At most 1 KiB, of any content type"),
    responses(
        (status = 204, description = "Taken, or there were too many this minute"),
        InvalidRequest,
        Forbidden,
        TooLong,
    )
)]
pub async fn take(
    state: web::Data<AppState>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let body = body::whole(&request, body, BODY_BYTES).await?;
    let report: Report = body::object_in(&body).map_err(|_| ApiError::MalformedReport)?;
    state.metrics.app_broke(report.code);
    if let Taken::Yes { refused_before } = state.reports.take(Instant::now()) {
        tracing::warn!(
            code = report.code.as_str(),
            reports_left_out = (refused_before > 0).then_some(refused_before),
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
