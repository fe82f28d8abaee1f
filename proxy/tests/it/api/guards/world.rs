//! A proxy whose limits are one a minute, asked what some of its guards refuse.

use api_types::ApiErrorBody;
use login_store::{Precondition, RecordKind};
use wechat_login_proxy::http::AppState;
use wechat_simulator::GrantedScope;

use super::ask::{Ask, Cookies};
use super::table::{Guard, Operation};
use crate::api::limits::SOON;
use crate::support::*;

/// Who is signed in.
pub(super) const OPENID: &str = "oBehindTheGuards";

/// A configuration whose limits are one a minute.
pub(super) fn config(upstream: &str) -> Config {
    let mut config = config_with_backends();
    config.wechat.api_base = upstream.parse().unwrap();
    config.limits.exchanges_per_client = 1.try_into().unwrap();
    config.limits.writes_per_user = 1.try_into().unwrap();
    config.limits.timeouts.body = SOON;
    // A busy machine may keep this side from sending.
    config.limits.timeouts.head = Duration::from_secs(60);
    let invoices = RecordKind::parse("invoice").unwrap();
    config.backend_kinds.insert(invoices);
    config
}

/// What an answer says, but for its request id.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) status: u16,
    pub(super) message: String,
}

impl Said {
    pub(super) fn in_answer(answer: &str) -> Self {
        let (_, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        let message = serde_json::from_str(body).map(|ApiErrorBody { error }| error.message);
        Self {
            status: status(answer),
            message: message.unwrap_or_default(),
        }
    }
}

/// What was asked of the database and of WeChat.
pub(super) fn traces(state: &AppState, simulator: &Simulator) -> String {
    let figures = state.metrics.text(state.store.pool_status());
    let lines = figures.lines().filter(|line| line.contains("operation="));
    let lines: Vec<&str> = lines.filter(|line| line.contains("_count{")).collect();
    format!("{}\n{}", lines.join("\n"), simulator.requests().len())
}

/// A running proxy with its WeChat.
pub(super) struct World {
    pub(super) proxy: TestProxy,
    pub(super) cookies: Cookies,
    /// What all paths begin with.
    pub(super) prefix: &'static str,
    simulator: Simulator,
}

impl World {
    /// Waits until so many requests are under way, by the proxy's own figure: a request that asks would be one of them,
    /// and could be the one that there is room for.
    pub(super) async fn under_way(&self, wanted: usize) {
        let state = &self.proxy.state;
        let line = format!("http_requests_under_way {wanted}");
        let is_reached = || {
            let figures = state.metrics.text(state.store.pool_status());
            figures.lines().any(|it| it.ends_with(&line))
        };
        while !is_reached() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        // It is counted for the limit right behind that.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    pub(super) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(super) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let simulator = Simulator::start().await.unwrap();
        let mut config = config(&simulator.base_url());
        change(&mut config);
        let proxy = TestProxy::start_with(config).await;
        Self {
            cookies: Cookies::of(&proxy.state),
            prefix: "",
            proxy,
            simulator,
        }
    }

    /// One that passes.
    pub(super) fn honest<'a>(&'a self, operation: &'a Operation) -> Ask<'a> {
        let code = match operation.id.as_str() {
            "sign_in" => self
                .simulator
                .issue_code(APPID, "xiaoming", GrantedScope::Base),
            _ => String::new(),
        };
        Ask::honest(operation, &self.cookies, self.prefix, &code)
    }

    pub(super) async fn send(&self, ask: &Ask<'_>) -> Said {
        let mut wire = Wire::send(&self.proxy, ask.bytes()).await;
        Said::in_answer(&wire.answer().await)
    }

    /// A user with a record, whatever was before, and nobody has used anything up.
    pub(super) async fn as_in_the_beginning(&self) {
        self.proxy.clock.advance(Duration::from_secs(61));
        user(&self.proxy, "shop", OPENID, None).await;
        let record = draft_of(OPENID, "1", NOW * 1000);
        let store = &self.proxy.state.store;
        store.put_record(&record, Precondition::None).await.unwrap();
    }

    /// Asserts that an honest request is answered as one.
    pub(super) async fn assert_passes(&self, operation: &Operation, after: &str) {
        let said = self.send(&self.honest(operation)).await;
        let is_success = (200..300).contains(&said.status);
        assert!(is_success, "{} after {after}: {said:?}", operation.id);
    }

    /// What is said to a request that all of these refuse: the first of them.
    pub(super) async fn refused(&self, operation: &Operation, by: &[Guard]) -> Said {
        self.as_in_the_beginning().await;
        if by.iter().any(|guard| guard.is_counter()) {
            self.assert_passes(operation, "nothing").await;
        }
        let mut ask = self.honest(operation);
        // The first has the last word where two look at the same thing.
        for guard in by.iter().rev() {
            ask.spoil(*guard);
        }
        let before = traces(&self.proxy.state, &self.simulator);
        let said = self.send(&ask).await;
        assert_eq!(
            said.status,
            by[0].status(),
            "{} {by:?}: {said:?}",
            operation.id
        );
        if by[0] != Guard::Unmet {
            let after = traces(&self.proxy.state, &self.simulator);
            assert_eq!(after, before, "{} {by:?} reached something", operation.id);
        }
        said
    }
}
