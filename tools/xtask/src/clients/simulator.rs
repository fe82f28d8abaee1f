//! A simulator of its own for each client, on a free port.

use std::process::Stdio;

use anyhow::Context;

use crate::listening::{Listening, web_address};
use crate::test::plain;
use crate::workspace;

/// A running `wechat-simulator`, stopped when dropped.
pub(crate) struct Simulator(Listening);

impl Simulator {
    /// Builds the program if need be, starts it and waits until it listens.
    ///
    /// # Errors
    /// When it does not compile or does not start.
    pub(crate) fn start() -> anyhow::Result<Simulator> {
        // The contract tests bring the program along, compiled as the native tests left it, so this takes no time.
        let mut compile = workspace::locked_cargo("test");
        plain(compile.args(["--quiet", "--workspace", "--test=contract", "--no-run"]))
            .context("the simulator does not compile")?;
        let mut command = workspace::command(workspace::debug_binary("wechat-simulator")?);
        command
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped());
        Ok(Simulator(Listening::start(&mut command, web_address)?))
    }

    /// `http://127.0.0.1:PORT`.
    pub(crate) fn base_url(&self) -> &str {
        &self.0.found
    }
}
