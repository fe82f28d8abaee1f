//! `config`: whether the configuration is in order, what holds, and where that comes from.

use std::process::ExitCode;

use clap::Args;

use super::arguments::ConfigFile;
use super::output::print;
use crate::config::Config;

#[derive(Args)]
pub(super) struct Show {
    #[command(flatten)]
    config: ConfigFile,
    /// Print every setting, defaults included, with the line, the variable or the credential it comes from, as a TOML
    /// file with comments. Of secrets only where they come from.
    #[arg(long)]
    show: bool,
}

impl Show {
    /// What holds is printed also where there are problems, which follow on standard error: they are what somebody
    /// looks for who asks.
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let (listing, config) = Config::explain(&self.config.path())?;
        if self.show {
            print(&listing)?;
        }
        config?;
        if !self.show {
            print("The configuration has no problems.\n")?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
