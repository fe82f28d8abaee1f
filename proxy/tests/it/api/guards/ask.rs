//! Requests that pass every guard, until they are spoiled.

use std::sync::OnceLock;

use wechat_login_proxy::http::AppState;
use wechat_login_proxy::http::openapi::{self, PRODUCTION_COOKIE};

use super::table::{Guard, Operation};
use super::world::OPENID;
use crate::support::{
    NOW, SERVICE_KEY, Session, UNIONID, VERIFIER, Value, json, session, suite_log,
};

/// Longer than anything here goes on, by the clock of the proxy.
const LONG: u64 = 1_000_000;

/// Who is signed in, and a guest.
pub(super) struct Cookies {
    user: String,
    guest: String,
}

impl Cookies {
    pub(super) fn of(proxy: &AppState) -> Self {
        let [user, guest] = [false, true].map(|snapshot| {
            let session = Session {
                snapshot,
                expires_at: NOW + LONG,
                ..session(OPENID)
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
    prefix: &'static str,
    path: String,
    names: Vec<(&'static str, &'static str)>,
    query: String,
    headers: Vec<(&'static str, String)>,
    body: Option<String>,
    is_cut: bool,
    is_padded: bool,
    is_withheld: bool,
}

impl<'a> Ask<'a> {
    /// One that passes. `code` is WeChat's, for who signs in.
    pub(super) fn honest(
        operation: &'a Operation,
        cookies: &'a Cookies,
        prefix: &'static str,
        code: &str,
    ) -> Self {
        let (method, path) = described(&operation.id);
        let body = match operation.id.as_str() {
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
            prefix,
            path,
            names: vec![
                ("{account}", "shop"),
                ("{openid}", OPENID),
                ("{platform}", "camellia"),
                ("{unionid}", UNIONID),
                ("{kind}", "order"),
                ("{key}", "1"),
            ],
            query: match operation.id.as_str() {
                "get_qr_code" => format!("?path={prefix}/orders"),
                "get_jssdk_config" => format!("?url=http://127.0.0.1:8080{prefix}/orders"),
                _ => String::new(),
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
            Guard::Account => self.name([("{account}", "nowhere"), ("{platform}", "nowhere")]),
            Guard::Openid => self.name([("{openid}", "o%2Fx"), ("{unionid}", "o%2Fx")]),
            Guard::Name => self.name([("{kind}", "Order")]),
            Guard::KindOfBackends => self.name([("{kind}", "invoice")]),
            Guard::Query => {
                let query = match self.operation.id.as_str() {
                    "get_qr_code" => "?path=//evil",
                    "get_jssdk_config" => "?url=http://evil.example/",
                    _ => "?limit=0",
                };
                query.clone_into(&mut self.query);
            }
            Guard::ContentType => self.set("Content-Type", "text/plain"),
            Guard::TooLong => self.is_padded = true,
            Guard::TooSlow => self.is_withheld = true,
            Guard::Malformed => self.is_cut = true,
            Guard::Senseless => {
                let body = json!({ "account": "nowhere", "code": "x", "verifier": VERIFIER });
                self.body = Some(match self.operation.id.as_str() {
                    "service_put_user" => json!({ "unionid": "o/x" }).to_string(),
                    _ => body.to_string(),
                });
            }
            Guard::Precondition => self.set("If-Match", "abc"),
            Guard::Unmet => self.set("If-Match", "\"0000000000000000\""),
            Guard::LoginsOfClient | Guard::WritesOfUser => {}
        }
    }

    /// With these names in the path, whichever it has.
    fn name<const COUNT: usize>(&mut self, names: [(&'static str, &'static str); COUNT]) {
        self.names.splice(0..0, names);
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
        let target = format!("{}{path}{}", self.prefix, self.query);
        format!("{} {target} HTTP/1.1\r\n{headers}", self.method)
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

    /// All but the second half of the body, which is announced.
    pub(super) fn half(&self) -> String {
        let body = self.whole_body().unwrap();
        let (start, length) = (self.start(), body.len());
        let half = &body[..length / 2];
        format!("{start}Content-Length: {length}\r\n\r\n{half}")
    }
}

/// The description of the API.
pub(super) fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    let parse = || serde_json::from_str(&openapi::document(PRODUCTION_COOKIE, "")).unwrap();
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
