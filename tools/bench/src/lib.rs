//! What the measurements share: how they begin and end, what a process costs, and how figures are told.

pub mod processes;
pub mod report;
pub mod server;

use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};

/// Runs `work` until it is done or the program is told to end (Ctrl-C, SIGTERM); either way what `work` holds is
/// dropped, and with it its servers and files. An error is told on standard error.
pub async fn run(work: impl Future<Output = anyhow::Result<()>>) -> ExitCode {
    // Clients of HTTP ask for one, even where nothing speaks TLS. An error says that there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let interrupted = async {
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            result = tokio::signal::ctrl_c() => result?,
            _ = terminate.recv() => {}
        }
        anyhow::bail!("interrupted, nothing is left behind")
    };
    let result = tokio::select! {
        result = work => result,
        result = interrupted => result,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
