//! `log_format`, `metrics_listen` and `RUST_LOG`.

use std::net::SocketAddr;

use super::reader::Reader;

/// `log_format`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// An object on each line, for programs.
    Json,
}

/// `RUST_LOG`, the levels of the log, unless it is empty.
#[expect(clippy::disallowed_methods, reason = "no key of ours, and no problem")]
pub(crate) fn log_levels() -> Option<String> {
    let levels = std::env::var("RUST_LOG").ok()?;
    (!levels.trim().is_empty()).then_some(levels)
}

pub(super) fn read_log_format(reader: &mut Reader) -> Option<LogFormat> {
    let format = match reader.text_or("log_format", "text")?.as_str() {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        other => Err(format!("{other:?} is neither \"text\" nor \"json\"")),
    };
    reader.valid("log_format", format)
}

/// Nothing unless asked for: metrics are for whoever runs the site.
pub(super) fn read_metrics_listen(
    reader: &mut Reader,
    listen: Option<SocketAddr>,
) -> Option<SocketAddr> {
    const KEY: &str = "metrics_listen";
    let text = reader.text(KEY)?;
    let address = text
        .parse()
        .map_err(|_| format!("{text:?} is not an IP address with a port such as 127.0.0.1:9091"));
    let address = reader.valid(KEY, address);
    let is_taken = address == listen && listen.is_some_and(|listen| listen.port() != 0);
    if is_taken {
        reader.problem(
            KEY,
            "is the address of listen; metrics need one that users cannot reach",
        );
    }
    address
}
