//! What the proxies of this process log, by request.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{LazyLock, Mutex, MutexGuard, Once, PoisonError};

use test_support::suite_log;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{EnvFilter, Layer};
use wechat_login_proxy::commands::log;

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// `ERROR`, `WARN`, `INFO`, …
    pub level: String,
    /// The sentence.
    pub message: String,
    /// Everything else it says, as text.
    pub fields: BTreeMap<String, String>,
}

impl LogLine {
    /// A field's text; empty where the line has no such field.
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

/// All lines so far of the request with this id, oldest first. Ids differ, whatever proxy made them.
pub fn lines_of(request_id: &str) -> Vec<LogLine> {
    lines().get(request_id).cloned().unwrap_or_default()
}

/// Keeps what the proxies say while they answer a request.
pub(crate) fn capture() {
    static SUBSCRIBED: Once = Once::new();
    SUBSCRIBED.call_once(|| {
        let lines = Capture.and_then(suite_log::layer("journeys"));
        log::send_to(lines, EnvFilter::new("trace"));
    });
}

/// All lines, by request.
type Lines = HashMap<String, Vec<LogLine>>;

static LINES: LazyLock<Mutex<Lines>> = LazyLock::new(Mutex::default);

fn lines() -> MutexGuard<'static, Lines> {
    LINES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The id of a request, kept at its span.
struct RequestId(String);

struct Capture;

impl<S> Layer<S> for Capture
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let request_id = fields.0.remove("request_id");
        if let (Some(span), Some(request_id)) = (context.span(id), request_id) {
            span.extensions_mut().insert(RequestId(request_id));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if !event.metadata().target().starts_with("wechat_login_proxy") {
            return;
        }
        let scope = context.event_scope(event);
        let request_id = scope.and_then(|mut scope| {
            scope.find_map(|span| span.extensions().get::<RequestId>().map(|it| it.0.clone()))
        });
        let Some(request_id) = request_id else {
            return;
        };
        let mut fields = Fields::default();
        event.record(&mut fields);
        let line = LogLine {
            level: event.metadata().level().to_string(),
            message: fields.0.remove("message").unwrap_or_default(),
            fields: fields.0,
        };
        lines().entry(request_id).or_default().push(line);
    }
}

#[derive(Default)]
struct Fields(BTreeMap<String, String>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text = format!("{value:?}");
        self.0.insert(field.name().to_owned(), text);
    }
}
