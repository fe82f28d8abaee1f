//! All metrics, with names and descriptions as Prometheus shows them.

use std::sync::atomic::Ordering;

use login_store::PoolStatus;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};

use super::labels::{
    Build, Call, ClientKind, Exchanged, How, InState, Operation, Report, Request, Route, ScanStep,
    UpstreamError,
};
use super::process;

/// From the answer out of memory to the 6 seconds WeChat may take, and a little more; in seconds.
const BUCKETS: [f64; 13] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

type Times<L> = Family<L, Histogram, fn() -> Histogram>;

/// All metrics of one running proxy.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    pub(super) http_requests: Family<Request, Counter>,
    pub(super) http_request_duration: Times<Route>,
    pub(super) http_requests_under_way: Gauge,
    pub(super) exchanges: Family<Exchanged, Counter>,
    pub(super) exchange_requests: Family<How, Counter>,
    pub(super) wechat_duration: Times<Call>,
    pub(super) wechat_errors: Family<UpstreamError, Counter>,
    pub(super) store_duration: Times<Operation>,
    pub(super) store_errors: Family<Operation, Counter>,
    store_connections: Family<InState, Gauge>,
    store_connections_given_up: Counter,
    pub(super) app_starts: Family<ClientKind, Counter>,
    pub(super) app_reports: Family<Report, Counter>,
    pub(super) scans: Family<ScanStep, Counter>,
    resident_memory: Gauge,
    open_files: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::default();
        // As every exporter calls them.
        let process = registry.sub_registry_with_prefix("process");
        let resident_memory = add(
            process,
            "resident_memory_bytes",
            "Memory of this process, on Linux",
        );
        let open_files = add(
            process,
            "open_fds",
            "Open files and connections of this process, on Linux",
        );

        let own = registry.sub_registry_with_prefix("wechat_login");
        let build: Family<Build, Gauge> = add(own, "build_info", "Always 1");
        let version = env!("CARGO_PKG_VERSION");
        build.get_or_create(&Build { version }).set(1);
        Self {
            http_requests: add(
                own,
                "http_requests",
                "Requests answered; route is a pattern, app for the app's files, unmatched for nothing",
            ),
            http_request_duration: add_times(
                own,
                "http_request_duration_seconds",
                "How long answers took",
            ),
            http_requests_under_way: add(
                own,
                "http_requests_under_way",
                "Requests being answered now, computers that wait for a phone among them",
            ),
            exchanges: add(
                own,
                "exchanges",
                "Codes taken to WeChat, by what came of it: ok, snapshot, code_expired, code_used, rate_limited by WeChat, \
                 limited here before WeChat was asked, wechat_unavailable, refused_by_wechat, store_failed, interrupted",
            ),
            exchange_requests: add(
                own,
                "exchange_requests",
                "Who asked for an exchange: first with this code, waited for the first, got the kept answer, or a stranger \
                 with the code and without the verifier",
            ),
            wechat_duration: add_times(
                own,
                "wechat_request_duration_seconds",
                "How long WeChat took: access_token and userinfo, of mini-programs jscode2session, of the account's own \
                 calls stable_token, getticket and user/info",
            ),
            wechat_errors: add(
                own,
                "wechat_errors",
                "Failed calls to WeChat: its errcode, other for a rare one, or not_sent, proxy (a forward proxy is away or \
                 refuses), no_answer, http_status, unusable; endpoint as in the durations",
            ),
            store_duration: add_times(own, "store_duration_seconds", "How long the database took"),
            store_errors: add(own, "store_errors", "What the database failed at"),
            store_connections: add(
                own,
                "store_connections",
                "Connections to the database, idle and in_use",
            ),
            store_connections_given_up: add(
                own,
                "store_connections_given_up",
                "Connections closed because their database took no writes (a standby, or the leader of before a failover) \
                 or did not answer",
            ),
            app_starts: add(
                own,
                "app_starts",
                "Starts of the app by browser engine (chrome, safari, other), its version (of safari that of iOS) and \
                 WeChat's first number: says when old ones are gone",
            ),
            app_reports: add(
                own,
                "app_reports",
                "Apps that broke on phones, by what happened",
            ),
            scans: add(
                own,
                "scans",
                "Computers that wait for phones: begun, claimed by a phone, another_phone came second, snapshot visitors, \
                 allowed, refused, redeemed, expired. Many another_phone or refused are somebody who forwards codes",
            ),
            resident_memory,
            open_files,
            registry,
        }
    }
}

impl Metrics {
    /// All metrics in the format of OpenMetrics.
    pub fn text(&self, connections: PoolStatus) -> String {
        for (state, count) in [("idle", connections.idle), ("in_use", connections.in_use)] {
            let gauge = self.store_connections.get_or_create(&InState { state });
            gauge.set(i64::from(count));
        }
        let given_up = self.store_connections_given_up.inner();
        given_up.store(connections.given_up, Ordering::Relaxed);
        self.resident_memory.set(process::resident_memory());
        self.open_files.set(process::open_files());
        let mut text = String::new();
        // Writing to a text fails never.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

fn add<M: Metric + Clone + Default>(registry: &mut Registry, name: &str, help: &str) -> M {
    let metric = M::default();
    registry.register(name, help, metric.clone());
    metric
}

fn add_times<L>(registry: &mut Registry, name: &str, help: &str) -> Times<L>
where
    L: EncodeLabelSet + Clone + std::hash::Hash + Eq + std::fmt::Debug + Send + Sync + 'static,
{
    let times: Times<L> = Family::new_with_constructor(|| Histogram::new(BUCKETS));
    registry.register(name, help, times.clone());
    times
}
