//! The simulator's own page: people and accounts.

use maud::{Markup, html};

use crate::platform::{Account, People, Person};

use super::avatar::logo;
use super::layout;

/// Who is there, who holds this browser's phone, which accounts exist.
pub(crate) fn home(people: &People, holder: &Person, accounts: &[Account]) -> Markup {
    layout::page(
        "微信网页授权模拟器",
        "",
        html! {
            main.home {
                h1 { "微信网页授权模拟器" }
                p.secondary { "这里的公众号和人物都是虚构的，只用于开发和测试。" }
                (people_list(people, holder))
                (account_list(accounts))
            }
        },
    )
}

fn people_list(people: &People, holder: &Person) -> Markup {
    html! {
        h2 { "谁拿着手机" }
        p.secondary { "静默登录（snsapi_base）以此人的身份进行，只对这个浏览器有效。" }
        form method="post" action="/_simulator/phone" {
            ul.cells {
                @for person in people.iter() {
                    li.cell {
                        img src=(format!("/_simulator/avatar/{}/96", person.id)) alt="" width="40" height="40";
                        div.text {
                            bdi { (person.display_name()) }
                            small { code { (person.id) } @if !person.note.is_empty() { " · " (person.note) } }
                        }
                        @if person.id == holder.id {
                            strong.current { "正拿着手机" }
                        } @else {
                            button.button.default.mini type="submit" name="person" value=(person.id)
                                aria-label=(format!("换成 {}", person.display_name())) { "换成此人" }
                        }
                    }
                }
            }
        }
    }
}

fn account_list(accounts: &[Account]) -> Markup {
    html! {
        h2 { "公众号" }
        ul.cells {
            @for account in accounts {
                li.cell {
                    (logo(&account.appid, &account.title))
                    div.text {
                        span { (account.title) }
                        small { code { (account.appid) } }
                        small {
                            @match &account.open_platform {
                                Some(platform) => { "开放平台 " (platform) },
                                None => { "未绑定开放平台，没有 unionid" },
                            }
                        }
                        small { "网页授权域名：" (account.domains.join("、")) "，以及本机任意端口" }
                    }
                }
            }
        }
    }
}
