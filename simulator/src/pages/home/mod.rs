//! The simulator's own page: who holds the phone, which accounts exist, what was asked, and the levers.

mod accounts;
mod clock;
mod curl;
mod faults;
mod log;
mod people;
mod settings;
mod time;

pub(crate) use log::{LogFilter, list as log_list};

use std::time::Duration;

use maud::{Markup, html};

use crate::platform::{Account, ActiveFault, LoggedRequest, People, Person, Settings};

use super::layout;

/// All that the page shows.
pub(crate) struct Home<'a> {
    /// Everybody who can hold the phone.
    pub(crate) people: &'a People,
    /// Who holds this browser's.
    pub(crate) holder: &'a Person,
    /// The accounts an app can log in with.
    pub(crate) accounts: &'a [Account],
    /// The log, oldest first.
    pub(crate) requests: &'a [LoggedRequest],
    /// What the log is narrowed down to.
    pub(crate) filter: &'a LogFilter,
    /// The fault rules that are left.
    pub(crate) faults: &'a [ActiveFault],
    /// The switches.
    pub(crate) settings: &'a Settings,
    /// The simulator's clock.
    pub(crate) now: Duration,
    /// Under which address this browser sees the simulator.
    pub(crate) origin: &'a str,
}

/// The page for people.
pub(crate) fn home(home: &Home<'_>) -> Markup {
    layout::page(
        "微信网页授权模拟器",
        "",
        html! {
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
                        (people::section(home.people, home.holder))
                        (accounts::section(home.accounts))
                    }
                    div {
                        (log::section(home.requests, home.filter, home.accounts, home.origin))
                        (faults::section(home.faults, home.accounts, home.people))
                        (clock::section(home.now))
                        (settings::section(home.settings))
                    }
                }
            }
        },
    )
}
