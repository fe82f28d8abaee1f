//! Ctrl-C, `kill` and a closed terminal, as a flag that every wait looks at.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;

// A signal reaches the process, not a value that could be passed around: the one place where a static fits.
static REQUESTED: AtomicBool = AtomicBool::new(false);

/// The error that travels up when the user has asked to stop.
#[derive(Debug)]
pub(crate) struct Interrupted;

impl std::fmt::Display for Interrupted {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

/// From now on SIGINT, SIGTERM and SIGHUP only raise the flag.
pub(crate) fn listen() -> anyhow::Result<()> {
    ctrlc::set_handler(request).context("cannot listen for Ctrl-C")
}

/// As if the user had asked to stop.
pub(crate) fn request() {
    REQUESTED.store(true, Ordering::Relaxed);
}

/// Stops the caller when the user has asked for it.
///
/// # Errors
/// [`Interrupted`].
pub(crate) fn check() -> anyhow::Result<()> {
    if REQUESTED.load(Ordering::Relaxed) {
        return Err(Interrupted.into());
    }
    Ok(())
}
