//! What the proxies of this process log, by request.

use std::sync::{Mutex, Once, PoisonError};

use serde::Deserialize;
use serde_json::{Map, Value};
use test_support::suite_log;
use tracing_subscriber::fmt::{self, MakeWriter as _};
use tracing_subscriber::{EnvFilter, Layer as _};
use wechat_login_proxy::commands::log;

/// All lines so far, as JSON.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// One line of the log.
#[derive(Debug, Deserialize)]
pub struct LogLine {
    /// `ERROR`, `WARN`, `INFO`, …
    pub level: String,
    target: String,
    fields: Map<String, Value>,
    #[serde(default)]
    spans: Vec<Value>,
}

impl LogLine {
    /// A field as text, of which `message` is the sentence; empty where the line has no such field.
    pub fn field(&self, name: &str) -> String {
        match self.fields.get(name) {
            None => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
        }
    }
}

/// All lines so far of the request with this id, oldest first. Ids differ, whatever proxy made them.
pub fn lines_of(request_id: &str) -> Vec<LogLine> {
    let log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
    let log = String::from_utf8_lossy(&log);
    let lines = log.lines().filter(|line| line.contains(request_id));
    lines
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .filter(|line: &LogLine| line.target.starts_with("wechat_login_proxy"))
        .filter(|line| line.spans.iter().any(|it| it["request_id"] == request_id))
        .collect()
}

/// Keeps what the proxies say while they answer a request.
pub(crate) fn capture() {
    static SUBSCRIBED: Once = Once::new();
    SUBSCRIBED.call_once(|| {
        let lines = fmt::layer().json().with_writer(|| LOG.make_writer());
        let lines = lines.and_then(suite_log::layer("journeys"));
        log::send_to(lines, EnvFilter::new("trace"));
    });
}
