//! The log and the request id: one line for each request, and the envelope around every error.
//!
//! Requests are logged by route pattern, never by path or query: those can carry codes and openids.

mod log;
mod request_id;

use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderMap, HeaderValue, VARY};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpResponse};
use tracing::Instrument;

use crate::app::AppState;
use crate::error::{ApiError, Language};
use crate::metrics::known_method;
use crate::security_headers;
use crate::service_key::ServiceName;

pub use log::{LogFormat, init, may_be_logged};
pub use request_id::RequestId;
use request_id::X_REQUEST_ID;

/// Middleware: gives the request its id, puts errors into the envelope, sets the headers all answers share, and logs.
///
/// # Errors
/// Those of the service inside, unchanged; handlers and extractors have none here, theirs are answers already.
pub async fn observe<B>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error>
where
    B: MessageBody + 'static,
{
    let state = request.app_data::<Data<AppState>>().cloned();
    let state = state.ok_or_else(|| ApiError::internal("a server without a state"))?;
    let request_id = RequestId::of(&request, &state.config.trusted_proxies);
    let span = tracing::info_span!("request", request_id = %request_id);
    let started = Instant::now();
    let under_way = state.metrics.request_begins();
    async move {
        let response = next.call(request).await?;
        let failure = failure_of(response.response());
        tell(&state, &response, failure.as_ref(), started.elapsed());
        let mut response = match failure {
            Some(error) => {
                let (request, refusal) = response.into_parts();
                let language = Language::of(request.headers());
                let mut envelope = error
                    .response(request_id.as_str(), language)
                    .map_into_right_body();
                keep_permissions(refusal.headers(), envelope.headers_mut());
                ServiceResponse::new(request, envelope)
            }
            None => response.map_into_left_body(),
        };
        set_common_headers(&mut response, &request_id);
        security_headers::set(response.headers_mut(), state.hsts.as_ref());
        drop(under_way);
        Ok(response)
    }
    .instrument(span)
    .await
}

/// What went wrong, if anything did: our own errors as they are, the framework's by their status.
fn failure_of<B>(response: &HttpResponse<B>) -> Option<ApiError> {
    let own = response
        .error()
        .and_then(|error| error.as_error::<ApiError>());
    if let Some(error) = own {
        return Some(error.clone());
    }
    let status = response.status();
    // The two are part of the conversation about files and their parts; clients read their headers, not a body.
    let is_about_ranges =
        status == StatusCode::RANGE_NOT_SATISFIABLE || status == StatusCode::PRECONDITION_FAILED;
    let is_error = status.is_client_error() || status.is_server_error();
    (is_error && !is_about_ranges).then_some(ApiError::Framework(status))
}

/// The app on another origin must be able to read refusals, too.
fn keep_permissions(refusal: &HeaderMap, envelope: &mut HeaderMap) {
    for (name, value) in refusal {
        if *name == VARY || name.as_str().starts_with("access-control-") {
            envelope.append(name.clone(), value.clone());
        }
    }
}

fn set_common_headers<B>(response: &mut ServiceResponse<B>, request_id: &RequestId) {
    let is_error = response.status().is_client_error() || response.status().is_server_error();
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(request_id.as_str()) {
        headers.insert(X_REQUEST_ID, value);
    }
    // What may be kept says so itself; whatever the path looks like, the rest is about one person.
    if is_error || !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// The one line about a request, whose id comes from the span around it, and the figures.
fn tell<B>(
    state: &AppState,
    response: &ServiceResponse<B>,
    failure: Option<&ApiError>,
    took: Duration,
) {
    let request = response.request();
    let method = known_method(request.method());
    let pattern = request.match_pattern();
    let status = failure.map_or(response.status(), actix_web::ResponseError::status_code);
    state
        .metrics
        .answered(pattern.as_deref(), request.method(), status, took);

    let route = pattern.as_deref().unwrap_or("unmatched");
    // Which backend asked, never with what key.
    let extensions = request.extensions();
    let service = extensions.get::<ServiceName>().map(ServiceName::as_str);
    let code = failure.map(|failure| failure.code().as_str());
    let wechat = failure.and_then(ApiError::wechat);
    let errcode = wechat.as_ref().map(|wechat| wechat.errcode);
    let rid = wechat.as_ref().and_then(|wechat| wechat.rid.as_deref());
    let cause = failure.and_then(ApiError::cause);
    // Milliseconds with a fraction: many answers take less than one.
    let duration_ms = (took.as_secs_f64() * 1e6).round() / 1e3;
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                method = %method,
                route,
                service,
                status = status.as_u16(),
                duration_ms,
                code,
                wechat_errcode = errcode,
                wechat_rid = rid,
                cause,
                "answered"
            )
        };
    }
    // Whoever watches asks every few seconds.
    let is_watcher = matches!(route, "/healthz" | "/readyz");
    // An end in order is no error; that it has begun has a line of its own.
    let is_ending = matches!(failure, Some(ApiError::Ending));
    if status.is_server_error() && !is_ending {
        line!(error);
    } else if is_watcher {
        line!(debug);
    } else {
        line!(info);
    }
}
