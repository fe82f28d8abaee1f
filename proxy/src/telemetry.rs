//! The log and the request id: one line for each request, and the envelope around every error.
//!
//! Requests are logged by route pattern, never by path or query: those can carry codes and openids.

use std::fmt;
use std::io::IsTerminal;
use std::time::Instant;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue, VARY};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpResponse};
use tracing::Instrument;
use tracing_subscriber::EnvFilter;

use crate::app::AppState;
use crate::error::{ApiError, Language};
use crate::security_headers;
use crate::service_key::ServiceName;

/// The header every answer names its request id in.
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Sends the log to standard error as text. `RUST_LOG` chooses the level, `info` without it.
pub fn init() {
    // actix's own start-up lines say nothing an operator needs.
    let usual = || EnvFilter::new("info,actix_server=warn");
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| usual());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        // No colour codes in files and journals.
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
}

/// Connects what a user reports with what the log says: 16 hexadecimal digits, made here.
///
/// One that came with the request is not used: anybody could write anything into the log.
#[derive(Debug, Clone)]
pub struct RequestId(String);

impl RequestId {
    fn fresh() -> Self {
        let mut random = [0_u8; 8];
        // Without randomness at least the request itself goes on; the id then is zeros.
        let _ = getrandom::fill(&mut random);
        Self(format!("{:016x}", u64::from_be_bytes(random)))
    }

    /// Whether `text` could be one of ours.
    pub(crate) fn is_one(text: &str) -> bool {
        text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

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
    let request_id = RequestId::fresh();
    let span = tracing::info_span!("request", request_id = %request_id);
    let started = Instant::now();
    async move {
        let response = next.call(request).await?;
        let failure = failure_of(response.response());
        log(&response, failure.as_ref(), started);
        let mut response = match failure {
            Some(error) => {
                let (request, refusal) = response.into_parts();
                let language = Language::of(request.headers());
                let mut envelope = error
                    .response(&request_id.0, language)
                    .map_into_right_body();
                keep_permissions(refusal.headers(), envelope.headers_mut());
                ServiceResponse::new(request, envelope)
            }
            None => response.map_into_left_body(),
        };
        set_common_headers(&mut response, &request_id);
        let state = response.request().app_data::<Data<AppState>>();
        let hsts = state.and_then(|state| state.hsts.clone());
        security_headers::set(response.headers_mut(), hsts.as_ref());
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
    let path = response.request().path();
    let is_api = path.starts_with("/api/") || path.starts_with("/service/");
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&request_id.0) {
        headers.insert(X_REQUEST_ID, value);
    }
    if is_api || is_error {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// The one line about a request. Its id comes from the span around it.
fn log<B>(response: &ServiceResponse<B>, failure: Option<&ApiError>, started: Instant) {
    let request = response.request();
    let method = request.method();
    let route = request.match_pattern();
    let route = route.as_deref().unwrap_or("unmatched");
    // Which backend asked, never with what key.
    let extensions = request.extensions();
    let service = extensions.get::<ServiceName>().map(ServiceName::as_str);
    let status = failure.map_or(response.status(), actix_web::ResponseError::status_code);
    let wechat = failure.and_then(ApiError::wechat);
    let errcode = wechat.as_ref().map(|wechat| wechat.errcode);
    let rid = wechat.as_ref().and_then(|wechat| wechat.rid.as_deref());
    let cause = failure.and_then(ApiError::cause);
    // Milliseconds with a fraction: many answers take less than one.
    let duration_ms = (started.elapsed().as_secs_f64() * 1e6).round() / 1e3;
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                %method,
                route,
                service,
                status = status.as_u16(),
                duration_ms,
                wechat_errcode = errcode,
                wechat_rid = rid,
                cause,
                "answered"
            )
        };
    }
    if status.is_server_error() {
        line!(error);
    } else {
        line!(info);
    }
}
