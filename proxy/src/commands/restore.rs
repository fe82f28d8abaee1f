//! `restore`: a backup in the place of an SQLite database.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use login_store::{Restored, Tables, restore};

use super::arguments::{ConfigFile, sqlite_file};
use super::output::print;
use super::signals::Signals;

#[derive(Args)]
pub(super) struct Restore {
    #[command(flatten)]
    config: ConfigFile,
    /// What `backup` has made.
    file: PathBuf,
}

impl Restore {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.config.load()?;
        let database = sqlite_file(&config, "its own programs restore it: pg_restore")?;
        let mut signals = Signals::catch()?;
        let restored = tokio::select! {
            restored = restore(database, &self.file) => restored.context("nothing was restored")?,
            signal = signals.next() => anyhow::bail!("nothing was restored, for {signal} came"),
        };
        let Restored {
            contents,
            written,
            before,
        } = restored;
        print(format_args!(
            "Restored {} user(s) and {} record(s) from {}.\n",
            contents.users,
            contents.records,
            self.file.display()
        ))?;
        let unknown = || "unknown".to_owned();
        print(format_args!(
            "It was written at {}; the last login in it: {}.\n",
            written.unwrap_or_else(unknown),
            contents.last_login.unwrap_or_else(unknown)
        ))?;
        if let Tables::Older(version) = contents.tables {
            print(format_args!(
                "Its tables are of the older version {version}; the next start brings them to this one's.\n"
            ))?;
        }
        if let Some(before) = before {
            print(format_args!(
                "What was there before is in {}; remove that folder when nobody needs it: it holds what the database held.\n",
                before.display()
            ))?;
        }
        print(format_args!(
            "Now start the service, and erase again who was erased since the backup was made.\n"
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}
