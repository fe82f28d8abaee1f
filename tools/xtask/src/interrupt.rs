//! Ctrl-C, `kill` and a closed terminal, as a flag that every wait looks at.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;

// A signal reaches the process, not a value that could be passed around: the one place where a static fits.
static REQUESTED: AtomicBool = AtomicBool::new(false);

/// From now on SIGINT, SIGTERM and SIGHUP only raise the flag.
pub(crate) fn listen() -> anyhow::Result<()> {
    ctrlc::set_handler(request).context("cannot listen for Ctrl-C")
}

/// As if the user had asked to stop.
pub(crate) fn request() {
    REQUESTED.store(true, Ordering::Relaxed);
}

/// Whether the user has asked to stop; whatever fails after it is no failure.
pub(crate) fn is_requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}

/// Stops the caller when the user has asked for it.
pub(crate) fn check() -> anyhow::Result<()> {
    anyhow::ensure!(!is_requested(), "interrupted");
    Ok(())
}
