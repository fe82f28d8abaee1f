//! What the proxies of this process log, by request.

use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
use serde_json::{Map, Value};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::{self, MakeWriter as _};
use tracing_subscriber::{Layer, Registry};

/// All lines so far, as JSON.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// One line of the log.
#[derive(Debug, Deserialize)]
pub struct LogLine {
    /// `ERROR`, `WARN`, `INFO`, …
    pub level: String,
    fields: Map<String, Value>,
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
        .filter(|line: &LogLine| line.spans.iter().any(|it| it["request_id"] == request_id))
        .collect()
}

/// Keeps what the proxies say while they answer a request.
pub(crate) fn capture() -> impl Layer<Registry> + Send + Sync {
    let is_ours = filter_fn(|line| line.target().starts_with("wechat_login_proxy"));
    let lines = fmt::layer().json().with_writer(|| LOG.make_writer());
    lines.with_filter(is_ours)
}
