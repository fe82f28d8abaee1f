//! What the proxies of this process log.

use std::fs::File;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use test_support::suite_log;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};
use wechat_login_proxy::commands::log;

/// Everything all tests of this program have logged so far: all that an operator could have a proxy write.
pub(crate) fn captured_log() -> String {
    static LOG: OnceLock<Arc<Mutex<Vec<u8>>>> = OnceLock::new();
    let log = LOG.get_or_init(|| {
        let log = Arc::<Mutex<Vec<u8>>>::default();
        let memory = log.clone();
        let file = suite_log::file("it").map(Arc::new);
        let lines = fmt::layer()
            .with_ansi(false)
            .with_writer(move || LogWriter {
                memory: memory.clone(),
                file: file.clone(),
            })
            .with_filter(filter_fn(log::may_be_logged));
        tracing_subscriber::registry().with(lines).init();
        log
    });
    let bytes = log.lock().unwrap_or_else(PoisonError::into_inner).clone();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The one line of the log about the answer with this request id.
pub(crate) fn line_of(request_id: &str) -> String {
    let log = captured_log();
    let is_meant = |line: &&str| line.contains(request_id) && line.contains("answered");
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

/// Writes to memory, for the tests here, and to the file for the search of the whole suite.
struct LogWriter {
    memory: Arc<Mutex<Vec<u8>>>,
    file: Option<Arc<File>>,
}

impl std::io::Write for LogWriter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut log = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        log.extend_from_slice(bytes);
        if let Some(mut file) = self.file.as_deref() {
            file.write_all(bytes)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
