//! Step 2: the browser is back. What came with it, and whether an app should go on.

use maud::{Markup, html};

use crate::platform::Account;

/// What the browser brought.
pub(crate) struct Callback {
    /// The address as it was asked for, query and all.
    pub(crate) address: String,
    /// Absent if the person refused and WeChat redirected nevertheless.
    pub(crate) code: Option<String>,
    /// Absent if the callback carries none.
    pub(crate) state: Option<String>,
    /// The account this browser's debugger played last.
    pub(crate) appid: String,
    /// The state this browser's debugger sent last.
    pub(crate) expected_state: Option<String>,
}

impl Callback {
    fn judge_state(&self) -> (&'static str, &'static str) {
        match (&self.expected_state, &self.state) {
            (Some(expected), Some(state)) if expected == state => ("good", "state 与发出的一致。"),
            (Some(expected), None) if expected.is_empty() => {
                ("good", "发出时没有 state，回来也没有。")
            }
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
pub(crate) fn callback(accounts: &[Account], callback: &Callback) -> Markup {
    let (mark, verdict) = callback.judge_state();
    super::page(
        2,
        html! {
            section.card {
                h2 { "浏览器回到了回调地址" }
                pre { (callback.address) }
                p class=(format!("verdict {mark}")) { (verdict) }
            }
            @match &callback.code {
                Some(code) => form.card method="post" action="/_simulator/debugger/call" {
                    h2 { "用 code 换取 access_token" }
                    p.secondary { "这一步由接入方的服务器完成。code 只能用一次，五分钟内有效（扫码登录十分钟）。" }
                    (super::account_select(accounts, &callback.appid))
                    label { "code"
                        input type="text" name="code" value=(code) autocomplete="off" autocapitalize="off" spellcheck="false";
                    }
                    button.button.primary type="submit" name="action" value="token" { "换取" }
                },
                None => section.card {
                    h2 { "没有 code" }
                    p { "用户拒绝了授权，而设置是“拒绝后带 state 返回”。接入方应当让用户以游客身份继续。" }
                    p { a.button.default href="/_simulator/debugger" { "重新开始" } }
                },
            }
        },
    )
}
