//! WeChat's message page, and beside it what WeChat leaves out.

use maud::{Markup, html};

use crate::platform::AuthorizeRefusal;

use super::explanation::{Explanation, explain};
use super::{fragment, layout};

/// The page that a refused authorize request ends on.
pub(crate) fn authorize_refused(reason: &AuthorizeRefusal) -> Markup {
    refusal(&explain(reason), reason.text(), reason.number())
}

/// The same in the words of one of WeChat's two pages.
pub(super) fn refusal(explanation: &Explanation, text: &str, number: Option<i64>) -> Markup {
    layout::page(
        text,
        "plain",
        html! {
            main.message {
                (warn_icon())
                h1 { (text) }
                @if let Some(number) = number {
                    p.secondary { "错误码：" (number) }
                }
            }
            aside.hint aria-label="模拟器说明" {
                h2 { "模拟器说明（微信不会显示这一框）" }
                dl {
                    dt { "原因" }
                    dd { (explanation.why) }
                    dt { "怎么改" }
                    dd { (explanation.fix) }
                }
                p.secondary { "用户在微信里会停在这一页，应用收不到任何通知。" }
            }
            (fragment::warning())
        },
    )
}

/// A page with a title and a sentence, for the simulator's own addresses.
pub(crate) fn notice(title: &str, text: &str) -> Markup {
    layout::page(
        title,
        "plain",
        html! {
            main.message {
                (warn_icon())
                h1 { (title) }
                p.secondary { (text) }
                p { a href="/_simulator" { "模拟器首页" } }
            }
        },
    )
}

pub(super) fn warn_icon() -> Markup {
    html! {
        svg.icon viewBox="0 0 64 64" width="64" height="64" aria-hidden="true" {
            circle cx="32" cy="32" r="32" fill="var(--weui-RED)" {}
            rect x="29.5" y="15" width="5" height="23" rx="2.5" fill="#fff" {}
            circle cx="32" cy="46" r="3.4" fill="#fff" {}
        }
    }
}
