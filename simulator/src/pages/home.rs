//! The simulator's own page: who holds the phone, which accounts exist, what was asked, and the levers.

use std::time::Duration;

use maud::{Markup, html};

use crate::platform::{Account, Person, Platform, Settings};

use super::avatar::logo;
use super::layout::{button, check, number, page, select};
use super::{LogFilter, faults, log, people};

const STEPS: [(u64, &str); 4] = [
    (60, "1 分钟"),
    (300, "5 分钟（code 过期）"),
    (7200, "2 小时（access_token 过期）"),
    (30 * 86_400, "30 天（refresh_token 过期）"),
];

const REFUSALS: [(&str, &str); 3] = [
    ("go_back", "回到上一页（有开发者报告，iOS）"),
    ("blank", "停在空白页（有开发者报告，Android）"),
    (
        "redirect_with_state",
        "带 state 返回，没有 code（第三方平台文档）",
    ),
];

const SWITCHES: [(&str, &str); 12] = [
    (
        "strict_order",
        "参数顺序必须与文档一致（桌面端如此，手机宽松）",
    ),
    (
        "require_wechat",
        "只接受微信的浏览器，否则“请在微信客户端打开链接”",
    ),
    ("require_state", "state 不能为空（10013）"),
    ("long_state", "state 超过 128 字节也接受"),
    (
        "connect_redirect",
        "授权页先带着 connect_redirect=1 跳回自己一次",
    ),
    ("too_frequent", "授权页总说操作太频繁（10009）"),
    ("deliver_twice", "回调送达两次，code 相同"),
    (
        "drop_openid_parameter",
        "丢掉 redirect_uri 里名为 openId 的参数",
    ),
    ("snapshot_at_once", "快照页不经过说明页，直接跳回"),
    (
        "snapshot_userinfo_forbidden",
        "快照页的虚拟用户取资料得到 48001",
    ),
    (
        "shared_snapshot_unionid",
        "快照页的虚拟用户共用一个 unionid",
    ),
    (
        "silent_profile_after_consent",
        "同意过的人，snsapi_base 的令牌也能取资料",
    ),
];

/// The page for people. `holder` holds this browser's phone.
pub(crate) fn home(platform: &Platform, holder: &Person, filter: &LogFilter) -> Markup {
    let content = html! {
        main.home.wide {
            header {
                h1 { "微信网页授权模拟器" }
                p.secondary { "这里的公众号和人物都是虚构的，只用于开发和测试。" }
                nav.jump aria-label="本页内容" {
                    a href="#people" { "人物" }
                    a href="#log" { "请求日志" }
                    a href="#faults" { "故障" }
                    a href="#clock" { "时钟" }
                    a href="#settings" { "设置" }
                    a href="#accounts" { "账号" }
                    a href="/_simulator/debugger" { "授权调试器" }
                    a href="/_simulator/fidelity" { "模拟了什么" }
                }
            }
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
    html! {
        section aria-labelledby="clock" {
            h2 #clock { "时钟" }
            div.card {
                p { "模拟器的时间：" strong { (clock_time(millis)) } small { "　从启动时的 0 开始，只能拨快" } }
                form.buttons method="post" action="/_simulator/forms/clock" {
                    @for (seconds, text) in STEPS {
                        button.button.default.mini type="submit" name="advance_seconds" value=(seconds) { "快进 " (text) }
                    }
                }
            }
            div.card {
                p { "重置" small { "　人物、设置回到启动时的样子；code、令牌、日志、故障全部清空。" } }
                form.buttons method="post" action="/_simulator/forms/reset" {
                    button.button.warn.mini type="submit" { "全部重置" }
                }
            }
        }
    }
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
    let is_on = |name| json.get(name).is_some_and(|value| *value == true);
    let seconds = i64::try_from(settings.remember_consent_seconds).unwrap_or(i64::MAX);
    html! {
        section aria-labelledby="settings" {
            h2 #settings { "设置" }
            form.card method="post" action="/_simulator/forms/settings" {
                (select("用户拒绝授权之后", "refusal", REFUSALS, refusal))
                (number("同意之后多少秒内不再询问", "remember_consent_seconds", seconds, [0, i64::MAX]))
                @for (name, text) in SWITCHES { (check(name, is_on(name), text)) }
                (button("保存设置"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
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
        let mut boxes = SWITCHES.map(|(name, _)| name);
        boxes.sort_unstable();
        assert!(switches.map(|(name, _)| name).eq(&boxes));
    }
}
