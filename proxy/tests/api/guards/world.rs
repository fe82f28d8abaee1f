//! A proxy whose limits are one a minute, and requests to it that some of its guards refuse.

use std::sync::OnceLock;
use std::time::Duration;

use api_types::{ApiErrorBody, Scope, Session};
use serde_json::{Value, json};
use wechat_login_proxy::app::AppState;
use wechat_login_proxy::config::Config;
use wechat_login_proxy::openapi::{self, PRODUCTION_COOKIE};
use wechat_login_proxy::store::{
    Owner, Precondition, RecordDraft, RecordId, RecordKey, RecordKind, RecordValue,
};
use wechat_login_proxy::wechat::{AppId, OpenId};
use wechat_simulator::{GrantedScope, Simulator};

use super::table::{Guard, Operation};
use crate::helpers::{APPID, NOW, TestProxy, VERIFIER};
use crate::limits::{SOON, count};
use crate::people::{SERVICE_KEY, config_with_backends, user};
use crate::wire::{Wire, status};

const OPENID: &str = "oBehindTheGuards";
/// Longer than anything here goes on, by the clock of the proxy.
const LONG: u64 = 1_000_000;

/// A configuration whose limits are one a minute.
pub(super) fn config(upstream: &str) -> Config {
    let mut config = config_with_backends();
    config.wechat.api_base = upstream.parse().unwrap();
    config.limits.exchanges_per_client = count(1);
    config.limits.writes_per_user = count(1);
    config.limits.patience.body = SOON;
    // A busy machine may keep this side from sending.
    config.limits.patience.head = Duration::from_secs(60);
    let invoices = RecordKind::parse("invoice").unwrap();
    config.backend_kinds.insert(invoices);
    config
}

/// Who is signed in, and a guest.
pub(super) struct Cookies {
    user: String,
    guest: String,
}

impl Cookies {
    pub(super) fn of(proxy: &AppState) -> Self {
        let [user, guest] = [false, true].map(|snapshot| {
            let session = Session {
                account: "shop".to_owned(),
                appid: APPID.to_owned(),
                openid: OPENID.to_owned(),
                unionid: None,
                scope: Scope::Base,
                snapshot,
                profile: None,
                expires_at: NOW + LONG,
            };
            let cookie = proxy.sessions.seal(&session).unwrap();
            suite_log::must_not_be_logged([cookie.value(), OPENID]);
            format!("{}={}", cookie.name(), cookie.value())
        });
        Self { user, guest }
    }
}

/// A request, to be spoiled and sent.
pub(super) struct Ask<'a> {
    operation: &'a Operation,
    cookies: &'a Cookies,
    method: String,
    path: String,
    names: Vec<(&'static str, &'static str)>,
    query: &'static str,
    headers: Vec<(&'static str, String)>,
    body: Option<String>,
    is_cut: bool,
    is_padded: bool,
    is_withheld: bool,
}

impl<'a> Ask<'a> {
    /// One that passes. `code` is WeChat's, for who signs in.
    pub(super) fn honest(operation: &'a Operation, cookies: &'a Cookies, code: &str) -> Self {
        let (method, path) = described(operation.id);
        let body = match operation.id {
            "sign_in" => Some(json!({ "account": "shop", "code": code, "verifier": VERIFIER })),
            "post_report" => Some(json!({ "code": "app_crashed" })),
            "put_record" | "service_put_record" => Some(json!({ "cents": 1234 })),
            "service_put_user" => Some(json!({})),
            _ => None,
        };
        let mut headers = vec![("Host", "h".to_owned()), ("Connection", "close".to_owned())];
        if operation.has(Guard::Session) {
            headers.push(("Cookie", cookies.user.clone()));
        }
        if operation.has(Guard::ServiceKey) {
            headers.push(("Authorization", format!("Bearer {SERVICE_KEY}")));
        }
        if body.is_some() {
            headers.push(("Content-Type", "application/json".to_owned()));
        }
        Self {
            operation,
            cookies,
            method,
            path,
            names: vec![
                ("{account}", "shop"),
                ("{openid}", OPENID),
                ("{kind}", "order"),
                ("{key}", "1"),
            ],
            query: if operation.id == "get_qr_code" {
                "?path=/orders"
            } else {
                ""
            },
            headers,
            body: body.map(|body| body.to_string()),
            is_cut: false,
            is_padded: false,
            is_withheld: false,
        }
    }

    /// As this guard refuses it. Of two that look at the same thing the one that comes last counts. Counters are spent
    /// otherwise.
    pub(super) fn spoil(&mut self, guard: Guard) {
        match guard {
            Guard::DottedPath => self.path.insert_str(0, "/x/.."),
            Guard::Method => "PATCH".clone_into(&mut self.method),
            Guard::CrossSite => self.set("Sec-Fetch-Site", "cross-site"),
            Guard::ServiceKey => self.headers.retain(|(name, _)| *name != "Authorization"),
            Guard::Session => self.headers.retain(|(name, _)| *name != "Cookie"),
            Guard::Guest => self.set("Cookie", &self.cookies.guest.clone()),
            Guard::Account => self.names.insert(0, ("{account}", "nowhere")),
            Guard::Openid => self.names.insert(0, ("{openid}", "o%2Fx")),
            Guard::Name => self.names.insert(0, ("{kind}", "Order")),
            Guard::KindOfBackends => self.names.insert(0, ("{kind}", "invoice")),
            Guard::Query if self.operation.id == "get_qr_code" => self.query = "?path=//evil",
            Guard::Query => self.query = "?limit=0",
            Guard::ContentType => self.set("Content-Type", "text/plain"),
            Guard::TooLong => self.is_padded = true,
            Guard::TooSlow => self.is_withheld = true,
            Guard::Malformed => self.is_cut = true,
            Guard::Senseless => {
                let body = json!({ "account": "nowhere", "code": "x", "verifier": VERIFIER });
                self.body = Some(match self.operation.id {
                    "service_put_user" => json!({ "unionid": "o/x" }).to_string(),
                    _ => body.to_string(),
                });
            }
            Guard::Precondition => self.set("If-Match", "abc"),
            Guard::Unmet => self.set("If-Match", "\"0000000000000000\""),
            Guard::LoginsOfClient | Guard::WritesOfUser => {}
        }
    }

    pub(super) fn set(&mut self, name: &'static str, value: &str) {
        self.headers.retain(|(other, _)| *other != name);
        self.headers.push((name, value.to_owned()));
    }

    fn start(&self) -> String {
        let names = self.names.iter();
        let path = names.fold(self.path.clone(), |path, (name, value)| {
            path.replace(name, value)
        });
        let headers = self.headers.iter();
        let headers: String = headers
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        format!("{} {path}{} HTTP/1.1\r\n{headers}", self.method, self.query)
    }

    fn whole_body(&self) -> Option<String> {
        let mut body = self.body.clone()?;
        if self.is_cut {
            body.pop();
        }
        if self.is_padded {
            // Longer than any may be.
            body.push_str(&" ".repeat(20_000));
        }
        Some(body)
    }

    /// All of it, or all but what is held back.
    pub(super) fn bytes(&self) -> String {
        let Some(body) = self.whole_body() else {
            return format!("{}\r\n", self.start());
        };
        let sent = &body[..body.len() - usize::from(self.is_withheld)];
        format!(
            "{}Content-Length: {}\r\n\r\n{sent}",
            self.start(),
            body.len()
        )
    }

    /// In two parts that belong together, with its length or in chunks.
    pub(super) fn halves(&self, is_chunked: bool) -> (String, String) {
        let body = self.whole_body().unwrap();
        let (left, right) = body.split_at(body.len() / 2);
        let start = self.start();
        if is_chunked {
            let chunk = |part: &str| format!("{:x}\r\n{part}\r\n", part.len());
            let first = format!("{start}Transfer-Encoding: chunked\r\n\r\n{}", chunk(left));
            (first, format!("{}0\r\n\r\n", chunk(right)))
        } else {
            let length = body.len();
            let first = format!("{start}Content-Length: {length}\r\n\r\n{left}");
            (first, right.to_owned())
        }
    }
}

/// The description of the API.
pub(super) fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    let parse = || serde_json::from_str(&openapi::document(PRODUCTION_COOKIE).unwrap()).unwrap();
    DOCUMENT.get_or_init(parse)
}

/// Method and path of an operation.
fn described(id: &str) -> (String, String) {
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    let found = paths.iter().find_map(|(path, operations)| {
        let mut operations = operations.as_object().unwrap().iter();
        let (method, _) = operations.find(|(_, operation)| operation["operationId"] == id)?;
        Some((method.to_uppercase(), path.clone()))
    });
    found.unwrap_or_else(|| panic!("{id} is not described"))
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
    let figures = state.metrics.text(state.store.connections());
    let lines = figures.lines().filter(|line| line.contains("operation="));
    let lines: Vec<&str> = lines.filter(|line| line.contains("_count{")).collect();
    format!("{}\n{}", lines.join("\n"), simulator.requests().len())
}

/// A running proxy with its WeChat.
pub(super) struct World {
    pub(super) proxy: TestProxy,
    pub(super) cookies: Cookies,
    simulator: Simulator,
}

impl World {
    pub(super) async fn start() -> Self {
        let simulator = Simulator::start().await.unwrap();
        let proxy = TestProxy::start_with(config(&simulator.base_url())).await;
        Self {
            cookies: Cookies::of(&proxy.state),
            proxy,
            simulator,
        }
    }

    /// One that passes.
    pub(super) fn honest<'a>(&'a self, operation: &'a Operation) -> Ask<'a> {
        let code = match operation.id {
            "sign_in" => self
                .simulator
                .issue_code(APPID, "xiaoming", GrantedScope::Base),
            _ => String::new(),
        };
        Ask::honest(operation, &self.cookies, &code)
    }

    pub(super) async fn send(&self, ask: &Ask<'_>) -> Said {
        let mut wire = Wire::send(&self.proxy, ask.bytes()).await;
        Said::in_answer(&wire.answer().await)
    }

    /// A user with a record, whatever was before, and nobody has used anything up.
    async fn as_in_the_beginning(&self) {
        self.proxy.clock.advance(Duration::from_secs(61));
        user(&self.proxy, "shop", OPENID, None).await;
        let owner = Owner {
            appid: AppId::parse(APPID).unwrap(),
            openid: OpenId::parse(OPENID).unwrap(),
        };
        let record = RecordDraft {
            id: RecordId {
                owner,
                kind: RecordKind::parse("order").unwrap(),
                key: RecordKey::parse("1").unwrap(),
            },
            value: RecordValue::parse(b"1").unwrap(),
            written_at: NOW * 1000,
        };
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
