//! What the proxies of this process log.

use std::io::{Result, Write};
use std::panic;
use std::sync::{Mutex, Once, PoisonError};

use test_support::suite_log;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};
use wechat_login_proxy::commands::log;

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Everything all tests of this program have logged so far: all that an operator could have a proxy write, panics
/// included. The search of the whole suite gets it, too.
pub(crate) fn captured_log() -> String {
    static SUBSCRIBED: Once = Once::new();
    SUBSCRIBED.call_once(|| {
        let lines = fmt::layer().with_ansi(false).with_writer(|| Memory);
        let lines = lines.and_then(suite_log::layer("it"));
        log::send_to(lines, EnvFilter::new("trace"));
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            log::tell_panic(panic);
            usual(panic);
        }));
    });
    let log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8_lossy(&log).into_owned()
}

struct Memory;

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let mut log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
        log.write(bytes)
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

/// The one line of the log about the request with this id: its answer, or its end.
pub(crate) fn line_of(request_id: &str) -> String {
    let log = captured_log();
    let ends = [" answered ", "a defect of this program"];
    let is_end = |line: &str| ends.iter().any(|words| line.contains(words));
    let is_meant = |line: &&str| line.contains(request_id) && is_end(line);
    let lines: Vec<&str> = log.lines().filter(is_meant).collect();
    assert_eq!(lines.len(), 1, "{lines:#?}");
    lines[0].to_owned()
}

/// Asserts that nothing of this was ever logged.
pub(crate) fn assert_not_logged(hidden: &[&str]) {
    let log = captured_log();
    for hidden in hidden {
        let leaks: Vec<&str> = log.lines().filter(|line| line.contains(hidden)).collect();
        assert!(leaks.is_empty(), "{leaks:#?}");
    }
}
