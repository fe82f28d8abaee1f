//! The simulator's own page: who holds the phone, which accounts exist, what was asked, and the levers.

use std::sync::LazyLock;
use std::time::Duration;

use maud::{Markup, PreEscaped, html};
use serde::Deserialize;

use crate::platform::{Account, Person, Platform, Settings};

use super::avatar::logo;
use super::layout::{button, check, page, select};
use super::{LogFilter, faults, log, people};

/// What is sent and what is read.
type Choices = Vec<(String, String)>;

#[derive(Default, Deserialize)]
struct SettingsForm {
    refusal: Choices,
    switches: Choices,
}

/// A mistake in the file is an empty form here and a failure of the test below.
static SETTINGS: LazyLock<SettingsForm> =
    LazyLock::new(|| toml::from_str(include_str!("parts/settings.toml")).unwrap_or_default());

/// The page for people. `holder` holds this browser's phone.
pub(crate) fn home(platform: &Platform, holder: &Person, filter: &LogFilter) -> Markup {
    let content = html! {
        main.home.wide {
            (PreEscaped(include_str!("parts/home_head.html")))
            div.columns {
                div {
                    (people::section(&platform.people, holder))
                    (accounts(&platform.seed.accounts))
                }
                div {
                    (log::section(platform, filter))
                    (faults::section(platform))
                    (clock(platform.now()))
                    (settings(&platform.settings))
                }
            }
        }
    };
    page("微信网页授权模拟器", "", content)
}

/// The accounts an app can log in with. Secrets are not on the list: they are in the seed file and in the documentation.
fn accounts(accounts: &[Account]) -> Markup {
    html! {
        section aria-labelledby="accounts" {
            h2 #accounts { "账号" }
            ul.cells {
                @for account in accounts { li.cell { (account_row(account)) } }
            }
        }
    }
}

fn account_row(account: &Account) -> Markup {
    html! {
        (logo(&account.appid, &account.title))
        div.text {
            span { (account.title) @if account.banned { " " span.outcome.bad { "已封禁" } }
                @if account.scopes().is_empty() { " " span.outcome.bad { "没有权限" } } }
            small { code { (account.appid) } " · " (account.kind.label()) }
            small {
                @match &account.open_platform {
                    Some(platform) => { "开放平台 " (platform) },
                    None => { "未绑定开放平台，没有 unionid" },
                }
            }
            small {
                "授权域名："
                @if !account.domains.is_empty() { (account.domains.join("、")) "，以及" }
                "本机任意端口"
                @if account.https_only { "；只接受 https" }
            }
        }
    }
}

/// The clock by which codes and tokens expire, buttons that skip some time, and the way back to the start.
fn clock(now: Duration) -> Markup {
    let millis = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
    let section = include_str!("parts/clock.html");
    PreEscaped(section.replace("{time}", &clock_time(millis)))
}

/// Time on the simulator's clock, as `1天 02:03:04`; it starts at 00:00:00.
pub(super) fn clock_time(millis: u64) -> String {
    let seconds = millis / 1000;
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let time = format!("{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
    match days {
        0 => time,
        _ => format!("{days}天 {time}"),
    }
}

/// The switches, each with what it is for.
fn settings(settings: &Settings) -> Markup {
    let json = serde_json::to_value(settings).unwrap_or_default();
    let refusal = json
        .get("refusal")
        .and_then(|value| value.as_str())
        .unwrap_or_default();
    let is_on = |name: &str| json.get(name).is_some_and(|value| *value == true);
    html! {
        section aria-labelledby="settings" {
            h2 #settings { "设置" }
            form.card method="post" action="/_simulator/forms/settings" {
                (select("用户拒绝授权之后", "refusal", SETTINGS.refusal.clone(), refusal))
                label { "同意之后多少秒内不再询问"
                    input type="number" name="remember_consent_seconds" min="0" inputmode="numeric"
                        value=(settings.remember_consent_seconds);
                }
                @for (name, text) in &SETTINGS.switches { (check(name, is_on(name), text)) }
                (button("保存设置"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn time_counts_days() {
        assert_eq!(clock_time(0), "00:00:00");
        assert_eq!(clock_time(86_399_999), "23:59:59");
        assert_eq!(clock_time(30 * 86_400_000 + 61_000), "30天 00:01:01");
    }

    #[test]
    fn every_switch_has_a_box() {
        let json = serde_json::to_value(Settings::default()).unwrap();
        let switches = json
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, value)| value.is_boolean());
        let boxes = SETTINGS.switches.iter().map(|(name, _)| name);
        assert_eq!(
            BTreeSet::from_iter(switches.map(|(name, _)| name)),
            boxes.collect()
        );
        assert_eq!(SETTINGS.refusal.len(), 3);
    }
}
