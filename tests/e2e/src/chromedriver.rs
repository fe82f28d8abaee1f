//! Starts chromedriver on a port of its own choice.

use anyhow::Context;

use crate::program::Program;

/// A running chromedriver, ended with its browsers when dropped.
pub(crate) struct Chromedriver {
    /// Where it listens.
    pub(crate) url: String,
    program: Program,
}

/// How often it is started at most. It chooses a free port for IPv6 and then wants the same one for IPv4, which somebody
/// else may have: one time in a hundred on a busy machine it ends for that.
const MOST_STARTS: usize = 5;

impl Chromedriver {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        for _ in 1..MOST_STARTS {
            if let Ok(started) = Self::try_start().await {
                return Ok(started);
            }
        }
        let started = Self::try_start().await;
        started.context("no chromedriver; `make test` says how to install it")
    }

    async fn try_start() -> anyhow::Result<Self> {
        // "ChromeDriver was started successfully on port 41327."
        let (program, port) =
            Program::start(&["chromedriver", "--port=0"], "successfully on port ").await?;
        let url = format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
        Ok(Self { url, program })
    }

    /// The process that it and its browsers descend from, while it runs.
    pub(crate) fn process(&self) -> Option<u32> {
        self.program.process()
    }
}
