//! What several subcommands take: the configuration, and the database it names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use login_store::{DatabaseUrl, Error, Store};

use super::log;
use crate::config::{Config, Problems};

/// The configuration of whoever names none: the first of these that there is.
const DEFAULTS: [&str; 2] = ["proxy.toml", "/etc/wechat-login/proxy.toml"];

#[derive(Args)]
pub(super) struct ConfigFile {
    /// The configuration file [default: ./proxy.toml, else /etc/wechat-login/proxy.toml].
    #[arg(long = "config", env = "WECHAT_LOGIN_CONFIG", value_name = "CONFIG")]
    named: Option<PathBuf>,
}

impl ConfigFile {
    /// Reads it, and begins to log as it says.
    pub(super) fn load(&self) -> Result<Config, Problems> {
        self.load_with(BTreeMap::new())
    }

    /// The same for a service in whose environment these `variables` are.
    pub(super) fn load_with(
        &self,
        variables: BTreeMap<String, String>,
    ) -> Result<Config, Problems> {
        let config = Config::load_with(&self.path(), variables)?;
        log::init(config.log_format);
        Ok(config)
    }

    /// Where it is.
    pub(super) fn path(&self) -> PathBuf {
        // An empty text, as of a variable that is handed on without being set, names no file.
        let is_empty = |path: &Path| path.to_str().is_some_and(|text| text.trim().is_empty());
        match &self.named {
            Some(path) if !is_empty(path) => path.clone(),
            _ => {
                // One that may not be looked at is there.
                let is_there = |path: &&str| !matches!(Path::new(path).try_exists(), Ok(false));
                DEFAULTS
                    .into_iter()
                    .find(is_there)
                    .unwrap_or(DEFAULTS[1])
                    .into()
            }
        }
    }
}

/// Never a new database: whoever mistypes its path must not read that there was nobody to erase.
pub(super) async fn open_existing(config: &Config) -> anyhow::Result<Arc<dyn Store>> {
    match &config.database {
        DatabaseUrl::SqliteFile(path) => existing(config, path)?,
        DatabaseUrl::SqliteMemory => anyhow::bail!(
            "{}: a database in memory is known to the running proxy alone; use its service API",
            config.places.named("database_url")
        ),
        DatabaseUrl::Postgres(_) => {}
    }
    let opened = login_store::open(&config.database).await;
    opened.with_context(|| config.places.named("database_url"))
}

/// Where it cannot be looked for, or a restore has taken it away, whoever opens it says so.
pub(super) fn existing(config: &Config, database: &Path) -> anyhow::Result<()> {
    anyhow::ensure!(
        database.try_exists().unwrap_or(true) || Error::refuse_half_restored(database).is_err(),
        "{}: there is no database at {}; run this where the proxy runs, with its configuration",
        config.places.named("database_url"),
        database.display()
    );
    Ok(())
}

/// The file of the database, which is an SQLite one; `postgres` says what to do about another.
pub(super) fn sqlite_file<'a>(config: &'a Config, postgres: &str) -> anyhow::Result<&'a Path> {
    let key = || config.places.named("database_url");
    match &config.database {
        DatabaseUrl::SqliteFile(path) => Ok(path),
        DatabaseUrl::SqliteMemory => {
            anyhow::bail!(
                "{}: a database in memory is gone when the proxy ends",
                key()
            )
        }
        DatabaseUrl::Postgres(_) => anyhow::bail!("{}: this is PostgreSQL; {postgres}", key()),
    }
}
