//! What `check` finds, from inside against the simulator and from outside against sites in good and bad order.

mod credentials;
mod database;
mod inside;
mod site;

use std::path::Path;

use wechat_login_proxy::check::{self, Finding, Level, Report};
use wechat_login_proxy::clock::{Clock, SystemClock};
use wechat_login_proxy::config::Config;

/// Everything about a configuration whose file needs no look.
async fn report_on(config: &Config) -> Report {
    report_at(config, &SystemClock).await
}

async fn report_at(config: &Config, clock: &dyn Clock) -> Report {
    let file = Path::new("proxy.toml");
    check::configuration(config, file, clock).await.unwrap()
}

/// The findings of one kind.
fn findings<'a>(report: &'a Report, check: &str) -> Vec<&'a Finding> {
    let same = report.0.iter().filter(|finding| finding.check == check);
    same.collect()
}

/// The only finding of a kind, which must be on this level.
fn only<'a>(report: &'a Report, check: &str, level: Level) -> &'a Finding {
    let found = findings(report, check);
    assert_eq!(found.len(), 1, "{report}");
    assert_eq!(found[0].level, level, "{report}");
    found[0]
}
