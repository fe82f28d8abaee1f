//! The accounts an app can log in with.

use maud::{Markup, html};

use crate::pages::avatar::logo;
use crate::platform::Account;

/// The list. Secrets are not on it: they are in the seed file and in the documentation.
pub(super) fn section(accounts: &[Account]) -> Markup {
    html! {
        section aria-labelledby="accounts" {
            h2 #accounts { "账号" }
            ul.cells {
                @for account in accounts { li.cell { (row(account)) } }
            }
        }
    }
}

fn row(account: &Account) -> Markup {
    let domains = account.domain_texts();
    html! {
        (logo(&account.appid, &account.title))
        div.text {
            span { (account.title) @if account.banned { " " span.outcome.bad { "已封禁" } }
                @if account.scopes.is_empty() { " " span.outcome.bad { "没有权限" } } }
            small { code { (account.appid) } " · " (account.kind.label()) }
            small {
                @match &account.open_platform {
                    Some(platform) => { "开放平台 " (platform) },
                    None => { "未绑定开放平台，没有 unionid" },
                }
            }
            small {
                "授权域名："
                @if !domains.is_empty() { (domains.join("、")) "，以及" }
                "本机任意端口"
                @if account.https_only { "；只接受 https" }
            }
        }
    }
}
