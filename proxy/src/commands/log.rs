//! The log: where its lines go, in which form, and which of them at all.

use std::panic::PanicHookInfo;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use crate::config::{LogFormat, log_levels};

/// Sends the log to standard error. `RUST_LOG` chooses the level, `info` without it.
pub(super) fn init(format: LogFormat) {
    // actix's own start-up lines say nothing an operator needs; sqlx says for each connection what we say once, and of a
    // certificate we say it better.
    let usual = || {
        EnvFilter::new("info,actix_server=warn,sqlx_core::pool=off,rustls_platform_verifier=off")
    };
    let asked = log_levels().map(EnvFilter::try_new);
    let is_wrong = matches!(asked, Some(Err(_)));
    let chosen = asked.and_then(Result::ok).unwrap_or_else(usual);
    let lines = fmt::layer().with_ansi(false).with_writer(std::io::stderr);
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .boxed(),
    };
    send_to(lines, chosen);
    if is_wrong {
        tracing::warn!(
            "RUST_LOG is no list of levels such as info,wechat_login_proxy=debug; using info"
        );
    }
    std::panic::set_hook(Box::new(tell_panic));
}

/// Sends all lines of this process to these layers that were `chosen` and [may be logged](may_be_logged). The program's
/// own log and that of the tests begin here, so that the one is as complete as the other.
///
/// # Panics
/// If there is a log already.
pub fn send_to(lines: impl Layer<Registry> + Send + Sync, chosen: EnvFilter) {
    // Filters for all layers and not of this one: sqlx asks after each statement on PostgreSQL whether a line would be logged,
    // and a filter of a layer takes its "no" for an answer to the next line, too (tracing issue 2519).
    tracing_subscriber::registry()
        .with(lines)
        .with(chosen)
        .with(filter_fn(may_be_logged))
        .init();
}

/// A panic is a line like every other, for programs that read them. Of its message only what the source code says: the
/// rest could quote what was being worked on.
pub fn tell_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    let message = panic.payload().downcast_ref::<&str>().copied();
    tracing::error!(
        place,
        message,
        "a defect of this program ended a piece of its work"
    );
}

/// Whatever `RUST_LOG` says, the libraries below us never say more than `info`: their details quote addresses, and
/// WeChat wants secrets and codes in them. What is true of all that passes here is true of every log there can be.
fn may_be_logged(line: &Metadata<'_>) -> bool {
    let is_ours = line.target().starts_with("wechat_login_proxy");
    is_ours || *line.level() <= Level::INFO
}
