//! `/api/report`: one line in the log for an app that broke on somebody's phone.

use std::time::Instant;

use actix_web::http::header::USER_AGENT;
use actix_web::{HttpRequest, HttpResponse, web};
use api_types::Report;
use serde_json::{Map, Value};

use crate::allowance::Taken;
use crate::app::AppState;
use crate::error::ApiError;
use crate::openapi::refusals::{InvalidRequest, TooLong};
use crate::telemetry::RequestId;

/// Longest body, in bytes; an honest one has about 70.
pub const BODY_BYTES: usize = 1024;

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
        TooLong,
    )
)]
pub async fn take(
    state: web::Data<AppState>,
    request: HttpRequest,
    body: web::Bytes,
) -> Result<HttpResponse, ApiError> {
    let report = report_in(&body).map_err(|_| ApiError::MalformedReport)?;
    state.metrics.app_broke(report.code);
    if let Taken::Yes { refused_before } = state.reports.take(Instant::now()) {
        tracing::warn!(
            code = report.code.as_str(),
            reports_left_out = (refused_before > 0).then_some(refused_before),
            last_request_id = report.request_id.filter(|id| RequestId::is_one(id)),
            user_agent = user_agent(&request),
            "the app broke on a phone"
        );
    }
    Ok(HttpResponse::NoContent().finish())
}

/// An object and nothing else: serde would take a list of the values, too.
fn report_in(body: &[u8]) -> serde_json::Result<Report> {
    let object: Map<String, Value> = serde_json::from_slice(body)?;
    serde_json::from_value(object.into())
}

fn user_agent(request: &HttpRequest) -> Option<String> {
    let text = String::from_utf8_lossy(request.headers().get(USER_AGENT)?.as_bytes());
    let printable = text.chars().filter(|letter| !letter.is_control());
    Some(printable.take(USER_AGENT_CHARS).collect())
}
