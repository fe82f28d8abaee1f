//! The debugger: a page that plays the app and shows every step it takes.

mod callback;
mod errcode;
mod start;
mod steps;

pub(crate) use callback::{Callback, callback};
pub(crate) use start::{Start, start};
pub(crate) use steps::{Step, Tokens, steps};

use maud::{Markup, html};

use crate::platform::Account;

/// The frame of the debugger's pages. `current` is the number of the step, from 1.
fn page(current: usize, content: Markup) -> Markup {
    super::layout::page(
        "授权调试器",
        "",
        html! {
            main.home.debugger {
                p.secondary { a href="/_simulator" { "← 模拟器首页" } }
                h1 { "授权调试器" }
                p.secondary { "这一页扮演接入方：网页和服务器两边的每一步都摊开来看。" }
                ol.progress {
                    @for (number, name) in [(1, "授权链接"), (2, "回调"), (3, "换取与查询")] {
                        li aria-current=[(number == current).then_some("step")] { (name) }
                    }
                }
                (content)
            }
        },
    )
}

/// A choice of the account to play.
fn account_select(accounts: &[Account], chosen: &str) -> Markup {
    html! {
        label { "账号（appid）"
            select name="appid" {
                @for account in accounts {
                    option value=(account.appid) selected[account.appid == chosen] {
                        (account.title) "　" (account.appid)
                    }
                }
            }
        }
    }
}
