//! `erase`: a user and all records bound to the user.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use wechat_oauth::OpenId;

use super::arguments::{ConfigFile, open_existing};
use super::output::print;
use crate::login::users::NamedAccount;

#[derive(Args)]
pub(super) struct Erase {
    #[command(flatten)]
    config: ConfigFile,
    /// The configured name of the official account, or one of its appids.
    #[arg(long)]
    account: String,
    /// Who the user is there.
    #[arg(long)]
    openid: String,
}

impl Erase {
    /// Says how many records there were, and never repeats the openid.
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.config.load()?;
        let account = &self.account;
        let configured = NamedAccount::find(&config, account)
            .with_context(|| format!("no account {account:?} in the configuration"))?;
        let openid = OpenId::parse(&self.openid)
            .context("this is no openid: 1 to 128 of A-Z, a-z, 0-9, _ and - are")?;
        let store = open_existing(&config).await?;
        let records = configured.erase(&*store, &openid).await?;
        let records = records
            .with_context(|| format!("nobody with this openid was ever seen under {account:?}"))?;
        print(format_args!("Erased the user and {records} record(s).\n"))?;
        Ok(ExitCode::SUCCESS)
    }
}
