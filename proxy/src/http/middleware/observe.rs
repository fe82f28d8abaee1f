//! Request logging: one line, one request id and the metrics of each request, and the envelope around every error.
//!
//! Requests are logged by route pattern, never by path or query: those can carry codes and openids.

use std::time::Duration;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ALLOW, CACHE_CONTROL, HeaderMap, HeaderValue, RETRY_AFTER, VARY};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse};
use tracing::Instrument;
use tracing::field::Empty;

use super::prefix;
use super::request_id::{RequestId, X_REQUEST_ID};
use super::security_headers;
use crate::http::extract::state_of;
use crate::http::refusal::{Language, Refusal};
use crate::http::scan_pages;
use crate::http::state::AppState;
use crate::login::service_keys::ServiceName;
use crate::metrics::known_method;

/// Middleware: gives the request its id, puts errors into the envelope, sets the headers all answers share, and logs.
///
/// # Errors
/// Those of the service inside, unchanged; handlers and extractors have none here, theirs are answers already.
pub(crate) async fn observe<B>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error>
where
    B: MessageBody + 'static,
{
    let state = state_of(request.request())?.clone();
    prefix::take_off(&mut request, state.config.public_url.path());
    let request_id = RequestId::of(&request, &state.config.trusted_proxies);
    // The account is said by handlers that ask WeChat in its name: an operator has to know whose secret is refused.
    let span = tracing::info_span!("request", request_id = %request_id, account = Empty);
    let started = state.clock.monotonic();
    let in_flight = state.metrics.request_begins();
    async move {
        let response = next.call(request).await?;
        let failure = failure_of(response.response());
        let took = state.clock.monotonic().saturating_sub(started);
        tell(&state, &response, failure.as_ref(), took);
        let mut response = match failure {
            Some(error) => {
                let (request, refusal) = response.into_parts();
                let language = Language::of(request.headers());
                let mut envelope = error.response(request_id.as_str(), language);
                // What people look at is a page, whatever went wrong.
                if is_page_of_scan(request.match_pattern().as_deref()) {
                    let language = scan_pages::language(request.headers());
                    let mut page = scan_pages::refusal(&error, request_id.as_str(), language);
                    for name in [ALLOW, RETRY_AFTER] {
                        if let Some(value) = envelope.headers().get(&name) {
                            page.headers_mut().insert(name, value.clone());
                        }
                    }
                    envelope = page;
                }
                let mut envelope = envelope.map_into_right_body();
                keep_permissions(refusal.headers(), envelope.headers_mut());
                ServiceResponse::new(request, envelope)
            }
            None => response.map_into_left_body(),
        };
        set_common_headers(&mut response, &request_id);
        security_headers::set(response.headers_mut(), state.hsts.as_ref());
        if state.is_ending() {
            let head = response.response_mut().head_mut();
            head.set_connection_type(ConnectionType::Close);
        }
        drop(in_flight);
        Ok(response)
    }
    .instrument(span)
    .await
}

fn is_page_of_scan(pattern: Option<&str>) -> bool {
    let of_scan = pattern.and_then(|pattern| pattern.strip_prefix("/api/scan/"));
    of_scan.is_some_and(|page| page != "wait")
}

/// What went wrong, if anything did: our own errors as they are, the framework's by their status.
fn failure_of<B>(response: &HttpResponse<B>) -> Option<Refusal> {
    let own = response
        .error()
        .and_then(|error| error.as_error::<Refusal>());
    if let Some(error) = own {
        return Some(error.clone());
    }
    let status = response.status();
    if status == StatusCode::METHOD_NOT_ALLOWED
        && let Some(allow) = response.headers().get(ALLOW)
    {
        let allow = allow.clone();
        return Some(Refusal::MethodNotAllowed { allow });
    }
    // The two are part of the conversation about files and their parts; clients read their headers, not a body.
    let is_about_ranges =
        status == StatusCode::RANGE_NOT_SATISFIABLE || status == StatusCode::PRECONDITION_FAILED;
    let is_error = status.is_client_error() || status.is_server_error();
    (is_error && !is_about_ranges).then_some(Refusal::Framework(status))
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

/// The one line about a request, whose id comes from the span around it, and the metrics.
fn tell<B>(
    state: &AppState,
    response: &ServiceResponse<B>,
    failure: Option<&Refusal>,
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
    let wechat = failure.and_then(Refusal::wechat);
    let errcode = wechat.as_ref().map(|wechat| wechat.errcode);
    let rid = wechat.as_ref().and_then(|wechat| wechat.rid.as_deref());
    let cause = failure.and_then(Refusal::cause);
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
    let is_ending = matches!(failure, Some(Refusal::Ending));
    if status.is_server_error() && !is_ending {
        line!(error);
    } else if is_watcher {
        line!(debug);
    } else {
        line!(info);
    }
}
