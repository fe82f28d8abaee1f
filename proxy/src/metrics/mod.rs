//! Figures for Prometheus: what happens, how often and how long it takes. `docs/telemetry.md` lists them.
//!
//! Every label has a small set of values, whatever is sent to us, and none says anything about a person.
//! Reading order: `series` (all figures, with their names), this file (what counts where), [`server`] (who may read
//! them), `process` (memory and files of this process).

mod labels;
mod process;
mod series;
pub mod server;

use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use api_types::{ReportCode, Session};
use prometheus_client::metrics::gauge::Gauge;

use crate::exchange::Failure;
use crate::kernel::{Kernel, wechat_version};
use crate::outcomes::Sharing;
use labels::{
    Call, ClientKind, Exchanged, How, InState, Operation, Report, Request, Route, UpstreamError,
};
use login_store::{self as store, PoolStatus};
use series::Series;
use wechat_oauth::{self as wechat, CallObserver, Endpoint};

/// All figures of one running proxy.
#[derive(Debug)]
pub struct Metrics {
    series: Series,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            series: Series::new(),
        }
    }
}

impl Metrics {
    /// A request is under way until the result is dropped.
    pub(crate) fn request_begins(&self) -> UnderWay {
        self.series.http_requests_under_way.inc();
        UnderWay(self.series.http_requests_under_way.clone())
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
        self.series.http_requests.get_or_create(&request).inc();
        let seconds = took.as_secs_f64();
        self.series
            .http_request_duration
            .get_or_create(&Route { route })
            .observe(seconds);
    }

    /// A code was exchanged at WeChat, or that failed.
    pub(crate) fn exchanged(&self, account: &str, outcome: &Result<Session, Failure>) {
        let outcome = match outcome {
            Ok(session) if session.snapshot => "snapshot",
            Ok(_) => "ok",
            Err(failure) => name_of(failure),
        };
        let exchanged = Exchanged {
            account: account.to_owned(),
            outcome,
        };
        self.series.exchanges.get_or_create(&exchanged).inc();
    }

    /// Somebody asked for the outcome of an exchange.
    pub(crate) fn shared(&self, sharing: Sharing) {
        let how = match sharing {
            Sharing::First => "first",
            Sharing::Waited => "waited",
            Sharing::Kept => "kept",
            Sharing::Stranger => "stranger",
        };
        self.series
            .exchange_requests
            .get_or_create(&How { how })
            .inc();
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
        let (kernel, version) = match Kernel::of(user_agent) {
            Kernel::Chrome(number) => ("chrome", version(number, 30..=250)),
            Kernel::Safari(number) => ("safari", version(number, 8..=60)),
            Kernel::Unknown => ("other", "other".to_owned()),
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
            kernel,
            version,
            wechat,
        };
        self.series.app_starts.get_or_create(&client).inc();
    }

    /// The app broke on a phone.
    pub(crate) fn app_broke(&self, code: ReportCode) {
        let code = code.as_str();
        self.series
            .app_reports
            .get_or_create(&Report { code })
            .inc();
    }

    /// All figures in the format of OpenMetrics.
    pub fn text(&self, connections: PoolStatus) -> String {
        let states = [("idle", connections.idle), ("in_use", connections.in_use)];
        for (state, count) in states {
            self.series
                .store_connections
                .get_or_create(&InState { state })
                .set(i64::from(count));
        }
        self.series.look_at_process();
        self.series.text()
    }
}

/// A request under way.
#[derive(Debug)]
pub(crate) struct UnderWay(Gauge);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl store::Observer for Metrics {
    fn done(&self, operation: &'static str, took: Duration, failed: bool) {
        let operation = Operation { operation };
        self.series
            .store_duration
            .get_or_create(&operation)
            .observe(took.as_secs_f64());
        if failed {
            self.series.store_errors.get_or_create(&operation).inc();
        }
    }
}

impl CallObserver for Metrics {
    fn called(&self, endpoint: Endpoint, took: Duration, error: Option<&wechat::Error>) {
        let endpoint = endpoint.name();
        self.series
            .wechat_duration
            .get_or_create(&Call { endpoint })
            .observe(took.as_secs_f64());
        if let Some(error) = error {
            let error = UpstreamError {
                endpoint,
                errcode: errcode_of(error),
            };
            self.series.wechat_errors.get_or_create(&error).inc();
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

fn name_of(failure: &Failure) -> &'static str {
    match failure {
        Failure::OtherVerifier => "other_verifier",
        Failure::Limited(_) => "limited",
        Failure::Wechat(error) => match error.kind() {
            wechat::FailureKind::CodeExpired => "code_expired",
            wechat::FailureKind::CodeUsed => "code_used",
            wechat::FailureKind::RateLimited => "rate_limited",
            wechat::FailureKind::Unavailable => "wechat_unavailable",
            wechat::FailureKind::Refused => "refused_by_wechat",
        },
        Failure::Store(_) => "store_failed",
        Failure::Interrupted => "interrupted",
    }
}

/// WeChat's errcode where it is one of those it documents, or what else happened.
fn errcode_of(error: &wechat::Error) -> String {
    match (error, error.errcode()) {
        (_, Some(errcode)) if error.code().is_some() => errcode.to_string(),
        (_, Some(_)) => "other".to_owned(),
        (wechat::Error::NotSent { .. }, None) => "not_sent".to_owned(),
        (wechat::Error::Transport { .. }, None) => "no_answer".to_owned(),
        (wechat::Error::Status { .. }, None) => "http_status".to_owned(),
        (_, None) => "unusable".to_owned(),
    }
}
