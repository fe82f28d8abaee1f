//! `forget`: everybody who was not seen for long.

use std::process::ExitCode;

use clap::Args;

use super::arguments::{ConfigFile, open_existing};
use super::output::print;
use crate::login::clock::{Clock as _, SystemClock};
use crate::login::retention::{Forgotten, Mode, UNSEEN_DAYS, forget_unseen};

#[derive(Args)]
pub(super) struct Forget {
    #[command(flatten)]
    config: ConfigFile,
    /// For how many days.
    #[arg(long, value_name = "31…3660", value_parser = clap::value_parser!(u64).range(UNSEEN_DAYS))]
    unseen_days: u64,
    /// Only say how many that are.
    #[arg(long)]
    dry_run: bool,
}

impl Forget {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.config.load()?;
        let store = open_existing(&config).await?;
        let days = self.unseen_days;
        let (mode, verb) = if self.dry_run {
            (Mode::Count, "Would forget")
        } else {
            (Mode::Forget, "Forgot")
        };
        let forgotten = forget_unseen(&*store, SystemClock.now(), days, mode).await?;
        let Forgotten { users, records } = forgotten;
        print(format_args!(
            "{verb} {users} user(s) not seen for {days} days, and {records} record(s).\n"
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}
