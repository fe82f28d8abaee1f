//! Metrics for Prometheus: what happens, how often and how long it takes. Their names and help texts are the table in
//! `docs/en/telemetry.md`.
//!
//! Every label has a small set of values, whatever is sent to us, and none says anything about a person.
//! Reading order: `series` (all metrics, with their names), this file (what counts where: the observers of the floors
//! below, and what HTTP tells), `browser_engine` (which phones come), `process` (memory and files of this process).

pub mod browser_engine;
mod labels;
mod process;
mod series;

use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use api_types::{ReportCode, Session};
use prometheus_client::metrics::gauge::Gauge;

use crate::login::exchange::{Joined, LoginError, LoginObserver};
use browser_engine::{BrowserEngine, wechat_version};
use labels::{
    Call, ClientKind, Exchanged, How, Operation, Report, Request, Route, ScanStep, UpstreamError,
};
use login_store as store;
pub use series::Metrics;
use wechat_oauth::{self as wechat, CallObserver, Endpoint};

impl Metrics {
    /// A request is under way until the result is dropped.
    pub(crate) fn request_begins(&self) -> RequestInFlight {
        self.http_requests_under_way.inc();
        RequestInFlight(self.http_requests_under_way.clone())
    }

    /// A request was answered. `route` is a pattern, nothing for no route at all.
    pub(crate) fn answered(
        &self,
        route: Option<&str>,
        method: &Method,
        status: StatusCode,
        took: Duration,
    ) {
        let route = route.map_or_else(|| unrouted(status).to_owned(), str::to_owned);
        let request = Request {
            route: route.clone(),
            method: known_method(method),
            status: status.as_u16(),
        };
        self.http_requests.get_or_create(&request).inc();
        let seconds = took.as_secs_f64();
        self.http_request_duration
            .get_or_create(&Route { route })
            .observe(seconds);
    }

    /// The app started in a browser that calls itself this.
    pub(crate) fn app_started(&self, user_agent: &str) {
        let version = |version: u16, known: std::ops::RangeInclusive<u16>| {
            if known.contains(&version) {
                version.to_string()
            } else {
                "other".to_owned()
            }
        };
        let (engine, version) = match BrowserEngine::of(user_agent) {
            BrowserEngine::Chrome(number) => ("chrome", version(number, 30..=250)),
            BrowserEngine::Safari(number) => ("safari", version(number, 8..=60)),
            BrowserEngine::Unknown => ("other", "other".to_owned()),
        };
        let wechat = match wechat_version(user_agent) {
            None => "none",
            Some(6) => "6",
            Some(7) => "7",
            Some(8) => "8",
            Some(9) => "9",
            Some(_) => "other",
        };
        let client = ClientKind {
            engine,
            version,
            wechat,
        };
        self.app_starts.get_or_create(&client).inc();
    }

    /// Something happened to a computer that waits for a phone.
    pub fn scan_went_on(&self, step: &'static str) {
        self.scans.get_or_create(&ScanStep { step }).inc();
    }

    /// The app broke on a phone.
    pub(crate) fn app_broke(&self, code: ReportCode) {
        let code = code.as_str();
        self.app_reports.get_or_create(&Report { code }).inc();
    }
}

/// A request under way.
#[derive(Debug)]
pub(crate) struct RequestInFlight(Gauge);

impl Drop for RequestInFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl LoginObserver for Metrics {
    fn exchanged(&self, account: &str, outcome: &Result<Session, LoginError>) {
        let outcome = match outcome {
            Ok(session) if session.snapshot => "snapshot",
            Ok(_) => "ok",
            Err(error) => name_of(error),
        };
        let exchanged = Exchanged {
            account: account.to_owned(),
            outcome,
        };
        self.exchanges.get_or_create(&exchanged).inc();
    }

    fn joined(&self, joined: Joined) {
        let how = match joined {
            Joined::First => "first",
            Joined::Waited => "waited",
            Joined::Kept => "kept",
            Joined::Stranger => "stranger",
        };
        self.exchange_requests.get_or_create(&How { how }).inc();
    }
}

impl store::Observer for Metrics {
    fn done(&self, operation: &'static str, took: Duration, failed: bool) {
        let operation = Operation { operation };
        self.store_duration
            .get_or_create(&operation)
            .observe(took.as_secs_f64());
        if failed {
            self.store_errors.get_or_create(&operation).inc();
        }
    }
}

impl CallObserver for Metrics {
    fn called(&self, endpoint: Endpoint, took: Duration, error: Option<&wechat::Error>) {
        let endpoint = endpoint.name();
        self.wechat_duration
            .get_or_create(&Call { endpoint })
            .observe(took.as_secs_f64());
        if let Some(error) = error {
            let error = UpstreamError {
                endpoint,
                errcode: errcode_of(error),
            };
            self.wechat_errors.get_or_create(&error).inc();
        }
    }
}

/// Everything without a route: the app's own pages and files, or nothing at all.
fn unrouted(status: StatusCode) -> &'static str {
    if status.is_client_error() || status.is_server_error() {
        "unmatched"
    } else {
        "app"
    }
}

/// The method, or `other`: one is any word the caller likes, and as long.
pub(crate) fn known_method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

fn name_of(error: &LoginError) -> &'static str {
    match error {
        LoginError::OtherVerifier => "other_verifier",
        LoginError::RateLimited(_) => "limited",
        LoginError::Wechat(error) => match error.kind() {
            wechat::FailureKind::CodeExpired => "code_expired",
            wechat::FailureKind::CodeUsed => "code_used",
            wechat::FailureKind::RateLimited => "rate_limited",
            wechat::FailureKind::Unavailable => "wechat_unavailable",
            wechat::FailureKind::Refused => "refused_by_wechat",
        },
        LoginError::Store(_) => "store_failed",
        LoginError::Interrupted => "interrupted",
    }
}

/// WeChat's errcode where it is one of those it documents, or what else happened.
fn errcode_of(error: &wechat::Error) -> String {
    match (error, error.errcode()) {
        (_, Some(errcode)) if error.code().is_some() => errcode.to_string(),
        (_, Some(_)) => "other".to_owned(),
        (wechat::Error::NotSent { .. }, None) => "not_sent".to_owned(),
        (wechat::Error::Proxy { .. }, None) => "proxy".to_owned(),
        (wechat::Error::Transport { .. }, None) => "no_answer".to_owned(),
        (wechat::Error::Status { .. }, None) => "http_status".to_owned(),
        (_, None) => "unusable".to_owned(),
    }
}
