//! Ctrl-C and SIGTERM.

use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};

/// Runs `work` until it is done or the program is told to end; either way what `work` holds is dropped, and with it
/// its servers and files. An error is told on standard error.
pub async fn run(work: impl Future<Output = anyhow::Result<()>>) -> ExitCode {
    let result = tokio::select! {
        result = work => result,
        result = interruption() => result.and_then(|()| Err(anyhow::anyhow!("interrupted, nothing is left behind"))),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn interruption() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result?,
        _ = terminate.recv() => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_decides_the_exit_code() {
        let code = |code| format!("{code:?}");
        let done = run(async { Ok(()) }).await;
        assert_eq!(code(done), code(ExitCode::SUCCESS));
        let failed = run(async { anyhow::bail!("it did not work, as this test wants") }).await;
        assert_eq!(code(failed), code(ExitCode::FAILURE));
    }
}
