//! What several subcommands take: the configuration, and the database it names.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use login_store::{DatabaseUrl, Store};

use super::log;
use crate::config::{Config, Problems};

#[derive(Args)]
pub(super) struct ConfigFile {
    /// The configuration file.
    #[arg(
        long = "config",
        env = "WECHAT_LOGIN_CONFIG",
        default_value = "proxy.toml",
        value_name = "CONFIG"
    )]
    pub(super) path: PathBuf,
}

impl ConfigFile {
    /// Reads it, and begins to log as it says.
    pub(super) fn load(&self) -> Result<Config, Problems> {
        let config = Config::load(&self.path)?;
        log::init(config.log_format);
        Ok(config)
    }
}

/// Never a new database: whoever mistypes its path must not read that there was nobody to erase.
pub(super) async fn open_existing(config: &Config) -> anyhow::Result<Arc<dyn Store>> {
    match &config.database {
        DatabaseUrl::SqliteFile(path) => anyhow::ensure!(
            path.exists(),
            "database_url: there is no database at {}; run this where the proxy runs, with its configuration",
            path.display()
        ),
        DatabaseUrl::SqliteMemory => anyhow::bail!(
            "database_url: a database in memory is known to the running proxy alone; use its service API"
        ),
        DatabaseUrl::Postgres(_) => {}
    }
    Ok(login_store::open(&config.database).await?)
}
