//! Fault rules: what goes wrong on purpose, how often it still will, and the pages that appear because a rule or a
//! setting ordered them.

use maud::{Markup, PreEscaped, html};

use crate::platform::{ActiveFault, Effect, Platform};

use super::layout::{error, page, remarks, select};

/// The rules that are left and a form for one more.
pub(super) fn section(platform: &Platform) -> Markup {
    let rules = platform.faults();
    html! {
        section aria-labelledby="faults" {
            h2 #faults { "故障" }
            p.secondary { "让下一次（或几次）请求按需要出错；用完次数后规则自己消失。" }
            @if rules.is_empty() { p.empty { "没有故障规则。" } } @else {
                form method="post" action="/_simulator/forms/remove-fault" {
                    ul.cells { @for rule in &rules { li.cell { (row(rule, platform)) } } }
                }
            }
            (add_form(platform))
        }
    }
}

fn row(rule: &ActiveFault, platform: &Platform) -> Markup {
    let what = format!("{} → {}", rule.fault.endpoint, effect(&rule.fault.effect));
    let person = rule.fault.person.as_ref();
    let named = |id: &String| {
        platform
            .people
            .get(id)
            .map_or(id.clone(), |it| it.display_name().into())
    };
    let whom: Vec<String> = rule
        .fault
        .appid
        .iter()
        .cloned()
        .chain(person.map(named))
        .collect();
    html! {
        div.text {
            span { (what) }
            small {
                @if whom.is_empty() { "所有请求" } @else { (whom.join("，")) }
                " · "
                @match rule.left { Some(left) => { "还剩 " (left) " 次" }, None => { "一直有效" } }
                @if rule.fault.probability < 1.0 { "，机会 " ((rule.fault.probability * 100.0).round()) "%" }
            }
        }
        button.button.default.mini type="submit" name="id" value=(rule.id)
            aria-label=(format!("删除：{what}")) { "删除" }
    }
}

fn effect(effect: &Effect) -> String {
    match effect {
        Effect::Errcode { errcode, .. } => format!("errcode {errcode}"),
        Effect::StringErrcode { errcode, .. } => format!("errcode \"{errcode}\""),
        Effect::HttpStatus { status } => format!("HTTP {status}"),
        Effect::Delay { millis } => format!("延迟 {millis} 毫秒"),
        Effect::EmptyBody => "空的应答".into(),
        Effect::HtmlBody => "HTML 应答".into(),
        Effect::TruncatedJson => "截断的 JSON".into(),
        Effect::WrongCharset => "错误的字符集".into(),
        Effect::ResetBefore => "code 用掉之前断开".into(),
        Effect::ResetAfter => "code 用掉之后断开".into(),
        Effect::CallbackTwice => "回调送达两次".into(),
        Effect::StaleCode => "别人的旧 code".into(),
    }
}

fn add_form(platform: &Platform) -> Markup {
    let accounts = platform
        .seed
        .accounts
        .iter()
        .map(|account| (&*account.appid, &*account.title));
    let people = platform
        .people
        .iter()
        .map(|person| (&*person.id, person.display_name()));
    let all = [("", "全部")];
    html! {
        details.card {
            summary { "新增故障" }
            form method="post" action="/_simulator/forms/fault" {
                (PreEscaped(include_str!("parts/add_fault_what.html")))
                (select("账号", "appid", all.into_iter().chain(accounts), ""))
                (select("人物", "person", all.into_iter().chain(people), ""))
                (PreEscaped(include_str!("parts/add_fault_how_often.html")))
            }
        }
    }
}

/// WeChat's message page with a number that a rule asked for.
pub(crate) fn ordered_error(text: &str, number: i64) -> Markup {
    let explanation = remarks(PreEscaped(include_str!("parts/ordered_remarks.html")));
    error(text, Some(number), explanation)
}

/// Calls the app's callback twice with the same code, as developers report from slow servers and from menu entries.
/// Without scripts it is called once, by the link.
///
/// The first delivery is a request beside the page, the second one takes the browser to the app. The same cookies go
/// along as long as app and simulator are one site, as all ports of one host are.
pub(crate) fn callback_twice(address: &str) -> Markup {
    let content = html! {
        main.message {
            h1 { "同一个 code 送达两次" }
            p.secondary { "故障规则或设置要求：先在后台请求一次回调地址，再跳转过去。" }
            p { a.button.default #callback href=(address) { "继续" } }
        }
        script { (PreEscaped(include_str!("parts/callback_twice.js"))) }
    };
    page("同一个 code 送达两次", "plain", content)
}
