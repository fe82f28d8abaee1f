//! `check`: what would send the first user to an error page of WeChat's or into a loop, found before the first user.
//!
//! Reading order: [`report`](Report) (what a finding is), `unit` with `environment` and `service` (who will do it), `running`
//! (whether it does), `installation`, `listen` and `disk` (what that meets on this machine), `address`, `keys`, `files`,
//! `database`, `damage`, `way_out`,
//! `credentials`, `account_calls`, `verify_file` (what is looked at from inside, with the configuration), `site` with `site_page`, `site_api` and
//! `site_place` (from outside, with an address only), `connection` (both), `fetch` and `certificate` (one request). Looking changes nothing, neither here nor at WeChat's.

mod account_calls;
mod address;
mod certificate;
mod connection;
mod credentials;
mod damage;
mod database;
mod disk;
mod environment;
mod fetch;
mod files;
mod installation;
mod keys;
mod listen;
mod report;
mod running;
mod service;
mod site;
mod site_api;
mod site_page;
mod site_place;
mod unit;
mod verify_file;
mod way_out;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use super::arguments::ConfigFile;
use super::output::print;
use crate::config::Config;
use crate::login::clock::{Clock, SystemClock};

use fetch::Fetcher;
pub use report::{Finding, Level, Report};
use service::Service;
pub use site::{InvalidSite, Site};
use unit::Unit;

#[derive(Args)]
pub(super) struct Check {
    #[command(flatten)]
    config: ConfigFile,
    /// Findings as a JSON list.
    #[arg(long)]
    json: bool,
    /// Who runs the service, by name or number, where neither its unit nor the owner of its database says so.
    #[arg(long)]
    user: Option<String>,
    /// The service's unit of systemd, by name or path.
    #[arg(
        long,
        value_name = "UNIT",
        default_value = "wechat-login-proxy.service"
    )]
    unit: String,
    /// Look at a running site from outside instead, without any configuration.
    #[arg(long, value_name = "https://…")]
    url: Option<String>,
    /// The verification file that must be answered there.
    #[arg(long, value_name = "MP_verify_….txt", requires = "url")]
    verify_file: Option<String>,
}

impl Check {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let report = if let Some(url) = &self.url {
            match Site::parse(url, self.verify_file.as_deref()) {
                Ok(it) => site(&it).await,
                Err(error) => {
                    eprintln!("{error}.");
                    return Ok(ExitCode::from(2));
                }
            }
        } else {
            let unit = Unit::find(&self.unit);
            let variables = unit.as_ref().map(|unit| unit.variables());
            let config = self.config.load_with(variables.unwrap_or_default())?;
            let (file, clock) = (self.config.path(), &SystemClock);
            let service = Service::find(&config, unit.as_ref(), self.user.as_deref());
            let running = running::findings(&config, &file, unit.as_ref(), clock).await;
            let here = installation::findings(&config, &file, unit.as_ref(), &service).await;
            let service = service.as_ref().ok();
            let report = configuration_of(&config, &file, clock, service).await;
            report.map(|report| Report([running, here, report.0].concat()))
        };
        let report = report.context("TLS cannot be set up")?;
        if self.json {
            print(serde_json::to_string_pretty(&report)? + "\n")?;
        } else {
            print(format_args!("{report}\n"))?;
        }
        Ok(ExitCode::from(u8::from(report.has_errors())))
    }
}

/// Everything that the configuration in `config_file` leads to.
///
/// # Errors
/// If TLS cannot be set up, for example without any root certificate on the machine.
pub async fn configuration(
    config: &Config,
    config_file: &Path,
    clock: &dyn Clock,
) -> Result<Report, reqwest::Error> {
    configuration_of(config, config_file, clock, None).await
}

async fn configuration_of(
    config: &Config,
    config_file: &Path,
    clock: &dyn Clock,
    service: Option<&Service>,
) -> Result<Report, reqwest::Error> {
    let client = config.wechat.client()?;
    let fetcher = Fetcher::new()?;
    let mut findings = address::findings(config);
    findings.extend(keys::findings(config, clock));
    findings.extend(files::findings(config, config_file));
    findings.extend(database::findings(config, service).await);
    findings.extend(damage::finding(config).await);
    let way_out = way_out::findings(&config.wechat).await;
    let is_open = way_out.iter().all(|it| it.level != Level::Error);
    findings.extend(way_out);
    if is_open {
        findings.extend(credentials::findings(config, &client, clock).await);
        findings.extend(account_calls::findings(config, &client).await);
    } else {
        // It would be asked once for each account, and whoever shows a wrong password so often is locked out.
        findings.push(credentials::not_asked());
    }
    let site = &config.public_url;
    findings.extend(connection::certificate(site, &fetcher, clock.now()).await);
    findings.extend(verify_file::findings(config, &fetcher).await);
    Ok(Report(findings))
}

/// A running site, as seen from outside.
///
/// # Errors
/// If TLS cannot be set up, for example without any root certificate on the machine.
pub async fn site(site: &Site) -> Result<Report, reqwest::Error> {
    let fetcher = Fetcher::new()?;
    Ok(Report(
        site::findings(site, &fetcher, SystemClock.now()).await,
    ))
}
