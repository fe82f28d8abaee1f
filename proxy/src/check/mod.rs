//! `check`: what would send the first user to an error page of WeChat's or into a loop, found before the first user.
//!
//! Reading order: [`report`](Report) (what a finding is), `address`, `callers`, `keys`, `files`, `database`, `credentials`,
//! `verify_file` (what is looked at from inside, with the configuration), `site` with `site_page` and `site_api` (from
//! outside, with an address only), `fetch` (one request). Looking changes nothing, neither here nor at WeChat's.

mod address;
mod callers;
mod credentials;
mod database;
mod fetch;
mod files;
mod keys;
mod report;
mod site;
mod site_api;
mod site_page;
mod verify_file;

use std::path::Path;

use crate::clock::Clock;
use crate::config::Config;

use fetch::Fetcher;
pub use report::{Finding, Level, Report};
pub use site::{InvalidSite, Site};

/// Everything that the configuration in `config_file` leads to.
///
/// # Errors
/// If TLS cannot be set up, for example without any root certificate on the machine.
pub async fn configuration(
    config: &Config,
    config_file: &Path,
    clock: &dyn Clock,
) -> Result<Report, reqwest::Error> {
    crate::app::install_tls();
    let client = config.wechat.client()?;
    let fetcher = Fetcher::new()?;
    let mut findings = address::findings(config);
    findings.push(callers::finding(config));
    findings.extend(keys::findings(config));
    findings.extend(files::findings(config, config_file));
    findings.push(database::finding(config).await);
    findings.extend(credentials::findings(config, &client, clock).await);
    findings.extend(verify_file::findings(config, &fetcher).await);
    Ok(Report(findings))
}

/// A running site, as seen from outside.
///
/// # Errors
/// If TLS cannot be set up, for example without any root certificate on the machine.
pub async fn site(site: &Site) -> Result<Report, reqwest::Error> {
    let fetcher = Fetcher::new()?;
    Ok(Report(site::findings(site, &fetcher).await))
}
