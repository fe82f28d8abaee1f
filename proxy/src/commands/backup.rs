//! `backup`: a copy of an SQLite database, made beside the running proxy.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use login_store::backup;

use super::arguments::{ConfigFile, existing, sqlite_file};
use super::output::print;
use super::signals::Signals;

#[derive(Args)]
pub(super) struct Backup {
    #[command(flatten)]
    config: ConfigFile,
    /// The file to make. Nothing is overwritten.
    file: PathBuf,
}

impl Backup {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.config.load()?;
        let database = sqlite_file(&config, "its own programs back it up: pg_dump")?;
        existing(&config, database)?;
        let mut signals = Signals::catch()?;
        let made = tokio::select! {
            made = backup(database, &self.file) => made.context("no backup was made")?,
            signal = signals.next() => anyhow::bail!("no backup was made, for {signal} came"),
        };
        print(format_args!(
            "Backed up {} user(s) and {} record(s) to {} ({} bytes).\n",
            made.users,
            made.records,
            self.file.display(),
            made.bytes
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}
