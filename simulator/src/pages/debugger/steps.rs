//! Step 3: what the app's server asked and what it was told.

use maud::{Markup, html};

use crate::own_client::Answer;

use super::errcode;

/// One request and its end.
pub(crate) struct Step {
    /// What was tried, in Chinese.
    pub(crate) title: &'static str,
    /// The request without its secret.
    pub(crate) request: String,
    /// The answer, or a sentence about why there is none.
    pub(crate) outcome: Result<Answer, String>,
}

/// What later requests need, carried along in the form; empty texts where nothing was learned.
#[derive(Default)]
pub(crate) struct Tokens {
    /// The account they belong to.
    pub(crate) appid: String,
    /// The code they came from.
    pub(crate) code: String,
    /// Two hours.
    pub(crate) access_token: String,
    /// Thirty days.
    pub(crate) refresh_token: String,
    /// Whose they are.
    pub(crate) openid: String,
}

/// The requests made just now, and buttons for those that could follow.
pub(crate) fn steps(steps: &[Step], tokens: &Tokens) -> Markup {
    super::page(
        3,
        html! {
            @for step in steps { (card(step)) }
            form.card method="post" action="/_simulator/debugger/call" {
                h2 { "接下来" }
                input type="hidden" name="appid" value=(tokens.appid);
                input type="hidden" name="code" value=(tokens.code);
                input type="hidden" name="access_token" value=(tokens.access_token);
                input type="hidden" name="refresh_token" value=(tokens.refresh_token);
                input type="hidden" name="openid" value=(tokens.openid);
                div.buttons {
                    @if !tokens.access_token.is_empty() {
                        (button("userinfo", "取用户资料"))
                        (button("auth", "检验 access_token"))
                    }
                    @if !tokens.refresh_token.is_empty() { (button("refresh", "刷新 access_token")) }
                    @if !tokens.code.is_empty() { (button("token", "用同一个 code 再换一次")) }
                    a.button.default.mini href="/_simulator/debugger" { "重新开始" }
                }
                p.secondary { "想看过期，先在" a href="/_simulator#clock" { "首页" } "把时钟拨快，再回来按按钮。" }
            }
        },
    )
}

fn button(action: &str, text: &str) -> Markup {
    html! { button.button.default.mini type="submit" name="action" value=(action) { (text) } }
}

fn card(step: &Step) -> Markup {
    html! {
        section.card.step {
            h2 { (step.title) }
            h3 { "请求" }
            pre { (step.request) }
            h3 { "应答" }
            @match &step.outcome {
                Ok(answer) => {
                    pre {
                        (answer.status_line) "\n"
                        "Content-Type: " @if answer.content_type.is_empty() { "（没有）" } @else { (answer.content_type) }
                        "\n\n" (String::from_utf8_lossy(&answer.body))
                    }
                    (verdict(&answer.body))
                },
                Err(why) => p.verdict.bad { (why) },
            }
        }
    }
}

fn verdict(body: &[u8]) -> Markup {
    let value: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let errcode = value.as_ref().map(|value| value.get("errcode").cloned());
    let number = match &errcode {
        Some(Some(serde_json::Value::String(text))) => text.parse().ok(),
        Some(Some(number)) => number.as_i64(),
        _ => Some(0),
    };
    html! {
        @match (errcode, number) {
            (None, _) => p.verdict.bad { "应答不是完整的 JSON。接入方应当当作暂时故障，而不是登录失败。" },
            (Some(_), Some(0)) => {},
            (Some(_), number) => p.verdict.bad { (errcode::advice(number.unwrap_or(-1))) },
        }
    }
}
