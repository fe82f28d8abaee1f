//! The debugger: pages that play the app and show every step it takes.

use std::collections::BTreeMap;

use maud::{Markup, PreEscaped, html};
use serde::Deserialize;
use serde_json::Value;

use crate::platform::Account;
use crate::query::encode_value;
use crate::wechat::advice_on;

use super::layout::{self, button, check, raw_text, select};

/// The frame of the debugger's pages. `current` is the number of the step, from 1.
fn page(current: usize, content: Markup) -> Markup {
    let content = html! {
        main.home.debugger {
            (PreEscaped(include_str!("parts/debugger_head.html")))
            ol.progress {
                @for (number, name) in [(1, "授权链接"), (2, "回调"), (3, "换取与查询")] {
                    li aria-current=[(number == current).then_some("step")] { (name) }
                }
            }
            (content)
        }
    };
    layout::page("授权调试器", "", content)
}

/// A choice of the account to play.
fn account_select(accounts: &[Account], chosen: &str) -> Markup {
    let choice = |account: &Account| {
        (
            account.appid.clone(),
            format!("{}　{}", account.title, account.appid),
        )
    };
    select(
        "账号（appid）",
        "appid",
        accounts.iter().map(choice),
        chosen,
    )
}

/// What the form of the first step holds.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Start {
    /// Which account the debugger plays.
    pub(crate) appid: String,
    /// `snsapi_base`, `snsapi_userinfo`, or `snsapi_login` for website applications.
    pub(crate) scope: String,
    /// Any text.
    pub(crate) state: String,
    /// `forcePopup=true`.
    force_popup: Option<String>,
    /// `forceSnapShot=true`.
    force_snapshot: Option<String>,
}

impl Start {
    /// The address the browser is sent to, relative to the simulator. WeChat's web authorization page fixes the
    /// order; that the optional parameters stand behind `state` follows addresses developers have shown.
    fn url(&self, origin: &str) -> String {
        let path = match self.scope.as_str() {
            "snsapi_login" => "qrconnect",
            _ => "oauth2/authorize",
        };
        let popup = self.force_popup.as_ref().map_or("", |_| "&forcePopup=true");
        let snapshot = self
            .force_snapshot
            .as_ref()
            .map_or("", |_| "&forceSnapShot=true");
        format!(
            "/connect/{path}?appid={}&redirect_uri={}&response_type=code&scope={}&state={}{popup}{snapshot}#wechat_redirect",
            encode_value(&self.appid),
            encode_value(&format!("{origin}/_simulator/debugger/callback")),
            encode_value(&self.scope),
            encode_value(&self.state),
        )
    }
}

const SCOPES: [(&str, &str); 3] = [
    ("snsapi_base", "snsapi_base　只有 openid"),
    ("snsapi_userinfo", "snsapi_userinfo　有昵称头像"),
    ("snsapi_login", "snsapi_login　网站扫码"),
];

/// Spares the press on 生成链接.
const SUBMIT_ON_CHANGE: &str = "document.getElementById('build')\
    .addEventListener('change', (event) => event.currentTarget.requestSubmit());";

/// Step 1: the form, and the authorize URL it makes.
pub(crate) fn start(accounts: &[Account], origin: &str, start: &Start) -> Markup {
    let url = start.url(origin);
    let content = html! {
        form.card #build method="get" action="/_simulator/debugger" {
            (account_select(accounts, &start.appid))
            (select("scope", "scope", SCOPES, &start.scope))
            (raw_text("state（留空会换一个随机值）", "state", &start.state))
            (check("force_popup", start.force_popup.is_some(), "forcePopup=true　这次一定弹出授权页"))
            (check("force_snapshot", start.force_snapshot.is_some(), "forceSnapShot=true　以快照页打开"))
            (button("生成链接"))
            script { (PreEscaped(SUBMIT_ON_CHANGE)) }
        }
        section.card {
            h2 { "授权链接" }
            pre { (origin) (url) }
            p.secondary { "参数顺序、大小写和结尾的 #wechat_redirect 都按微信的要求。回调地址是调试器自己。" }
            p { a.button.primary href=(url) { "打开授权页" } }
        }
    };
    page(1, content)
}

/// Step 2: what the browser brought.
pub(crate) struct Callback<'a> {
    /// The address as it was asked for, query and all.
    pub(crate) address: String,
    /// Absent if the person refused and WeChat redirected nevertheless.
    pub(crate) code: Option<&'a str>,
    /// Absent if the callback carries none.
    pub(crate) state: Option<&'a str>,
    /// The account this browser's debugger played last.
    pub(crate) appid: &'a str,
    /// The state this browser's debugger sent last.
    pub(crate) expected_state: Option<&'a str>,
}

impl Callback<'_> {
    /// Whether an app should go on.
    fn judge_state(&self) -> (&'static str, &'static str) {
        match (self.expected_state, self.state) {
            (Some(expected), Some(state)) if expected == state => ("good", "state 与发出的一致。"),
            (Some(""), None) => ("good", "发出时没有 state，回来也没有。"),
            (Some(_), _) => (
                "bad",
                "state 与这个浏览器最后发出的不一致。真实的接入方此时应当停下：可能是重复的回调、旧链接，或别人发来的链接。",
            ),
            (None, _) => (
                "bad",
                "这个浏览器没有从调试器发起过授权，无法核对 state。真实的接入方此时应当停下。",
            ),
        }
    }
}

/// The address that was called, the verdict on `state`, and the button that goes on.
pub(crate) fn callback(accounts: &[Account], callback: &Callback<'_>) -> Markup {
    let (mark, verdict) = callback.judge_state();
    let content = html! {
        section.card {
            h2 { "浏览器回到了回调地址" }
            pre { (callback.address) }
            p class=(format!("verdict {mark}")) { (verdict) }
        }
        @match callback.code {
            Some(code) => form.card method="post" action="/_simulator/debugger/call" {
                h2 { "用 code 换取 access_token" }
                p.secondary { "这一步由接入方的服务器完成。code 只能用一次，五分钟内有效（扫码登录十分钟）。" }
                (account_select(accounts, callback.appid))
                (raw_text("code", "code", code))
                button.button.primary type="submit" name="action" value="token" { "换取" }
            },
            None => { (PreEscaped(include_str!("parts/no_code.html"))) },
        }
    };
    page(2, content)
}

/// Step 3: one request of the app's server, and its end.
pub(crate) struct Call {
    /// What was tried, in Chinese.
    pub(crate) title: &'static str,
    /// The request without its secret.
    pub(crate) request: String,
    /// Head and body of the answer, or a sentence about why there is none.
    pub(crate) outcome: Result<(String, Vec<u8>), String>,
}

impl Call {
    /// The answer, if it is JSON.
    pub(crate) fn json(&self) -> Option<Value> {
        let (_, body) = self.outcome.as_ref().ok()?;
        serde_json::from_slice(body).ok()
    }
}

/// What later requests need, carried along in the form, each under the name of its parameter.
pub(crate) type Known = BTreeMap<String, String>;

/// The requests made just now, and buttons for those that could follow.
pub(crate) fn calls(calls: &[Call], known: &Known) -> Markup {
    let is_known = |name: &str| known.get(name).is_some_and(|value| !value.is_empty());
    let follow_ups = [
        ("access_token", "userinfo", "取用户资料"),
        ("access_token", "auth", "检验 access_token"),
        ("refresh_token", "refresh", "刷新 access_token"),
        ("code", "token", "用同一个 code 再换一次"),
    ];
    let content = html! {
        @for call in calls { (card(call)) }
        form.card method="post" action="/_simulator/debugger/call" {
            h2 { "接下来" }
            @for (name, value) in known { input type="hidden" name=(name) value=(value); }
            div.buttons {
                @for (_, action, text) in follow_ups.iter().filter(|(needed, ..)| is_known(needed)) {
                    button.button.default.mini type="submit" name="action" value=(action) { (text) }
                }
                a.button.default.mini href="/_simulator/debugger" { "重新开始" }
            }
            p.secondary { "想看过期，先在" a href="/_simulator#clock" { "首页" } "把时钟拨快，再回来按按钮。" }
        }
    };
    page(3, content)
}

fn card(call: &Call) -> Markup {
    html! {
        section.card.step {
            h2 { (call.title) }
            h3 { "请求" }
            pre { (call.request) }
            h3 { "应答" }
            @match &call.outcome {
                Ok((head, body)) => {
                    pre { (shown(head)) "\n\n" (String::from_utf8_lossy(body)) }
                    (verdict(call))
                },
                Err(why) => p.verdict.bad { (why) },
            }
        }
    }
}

/// What matters of a head: the status and what the body calls itself.
fn shown(head: &str) -> String {
    let header = |line: &&str| line.to_ascii_lowercase().starts_with("content-type:");
    let content_type = head
        .lines()
        .find(header)
        .unwrap_or("Content-Type: （没有）");
    format!(
        "{}\n{content_type}",
        head.lines().next().unwrap_or_default()
    )
}

fn verdict(call: &Call) -> Markup {
    let json = call.json();
    let errcode = json.as_ref().and_then(|json| json.get("errcode"));
    let number = match errcode {
        Some(Value::String(text)) => text.parse().ok(),
        Some(number) => number.as_i64(),
        None => Some(0),
    };
    html! {
        @match number {
            _ if json.is_none() => p.verdict.bad { "应答不是完整的 JSON。接入方应当当作暂时故障，而不是登录失败。" },
            Some(0) => {},
            number => p.verdict.bad { (advice_on(number.unwrap_or(-1))) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_in_wechats_order_and_encoded_once() {
        let mut start = Start {
            appid: "wx1".into(),
            scope: "snsapi_base".into(),
            state: "a b&c".into(),
            force_popup: Some("true".into()),
            force_snapshot: None,
        };
        assert_eq!(
            start.url("http://h"),
            "/connect/oauth2/authorize?appid=wx1&redirect_uri=http%3A%2F%2Fh%2F_simulator%2Fdebugger%2Fcallback\
             &response_type=code&scope=snsapi_base&state=a%20b%26c&forcePopup=true#wechat_redirect"
        );
        start.scope = "snsapi_login".into();
        assert!(start.url("").starts_with("/connect/qrconnect?appid=wx1&"));
    }
}
