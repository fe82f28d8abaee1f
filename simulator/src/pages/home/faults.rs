//! Fault rules: what goes wrong on purpose, and how often it still will.

use maud::{Markup, html};

use crate::platform::{Account, ActiveFault, Effect, People};

/// A choice of the form: what is sent and what is read.
type Choice = (&'static str, &'static str);

const ENDPOINTS: [Choice; 7] = [
    ("access_token", "换取 access_token"),
    ("refresh_token", "刷新 access_token"),
    ("userinfo", "取用户资料"),
    ("auth", "检验 access_token"),
    ("authorize", "授权页"),
    ("token", "cgi-bin/token"),
    ("stable_token", "cgi-bin/stable_token"),
];

const EFFECTS: [Choice; 12] = [
    ("errcode", "返回 errcode（填数字）"),
    ("string_errcode", "errcode 写成字符串（填数字）"),
    ("http_status", "HTTP 状态码（填数字）"),
    ("delay", "延迟（填毫秒）"),
    ("empty_body", "空的应答"),
    ("html_body", "HTML 应答"),
    ("truncated_json", "截断的 JSON"),
    ("wrong_charset", "错误的字符集"),
    ("reset_before", "code 用掉之前断开连接"),
    ("reset_after", "code 用掉之后断开连接"),
    ("callback_twice", "授权页：回调送达两次"),
    ("stale_code", "授权页：送来别人的旧 code"),
];

/// The rules that are left and a form for one more.
pub(super) fn section(rules: &[ActiveFault], accounts: &[Account], people: &People) -> Markup {
    html! {
        section aria-labelledby="faults" {
            h2 #faults { "故障" }
            p.secondary { "让下一次（或几次）请求按需要出错；用完次数后规则自己消失。" }
            @if rules.is_empty() { p.empty { "没有故障规则。" } } @else {
                form method="post" action="/_simulator/forms/remove-fault" {
                    ul.cells {
                        @for rule in rules {
                            li.cell {
                                div.text {
                                    span { (what(rule)) }
                                    small { (whom(rule, people)) " · " (how_often(rule)) }
                                }
                                button.button.default.mini type="submit" name="id" value=(rule.id)
                                    aria-label=(format!("删除：{}", what(rule))) { "删除" }
                            }
                        }
                    }
                }
            }
            (add_form(accounts, people))
        }
    }
}

fn what(rule: &ActiveFault) -> String {
    let effect = match &rule.fault.effect {
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
    };
    format!("{} → {effect}", rule.fault.endpoint)
}

fn whom(rule: &ActiveFault, people: &People) -> String {
    let person = rule.fault.person.as_ref().map(|id| {
        let person = people.get(id);
        person.map_or_else(|| id.clone(), |person| person.display_name().to_owned())
    });
    match (&rule.fault.appid, person) {
        (None, None) => "所有请求".into(),
        (Some(appid), None) => appid.clone(),
        (None, Some(person)) => person,
        (Some(appid), Some(person)) => format!("{appid}，{person}"),
    }
}

fn how_often(rule: &ActiveFault) -> String {
    let left = match rule.left {
        Some(left) => format!("还剩 {left} 次"),
        None => "一直有效".into(),
    };
    if rule.fault.probability < 1.0 {
        format!("{left}，机会 {}%", (rule.fault.probability * 100.0).round())
    } else {
        left
    }
}

fn add_form(accounts: &[Account], people: &People) -> Markup {
    html! {
        details.card {
            summary { "新增故障" }
            form method="post" action="/_simulator/forms/fault" {
                label { "哪个接口"
                    select name="endpoint" { @for (value, text) in ENDPOINTS { option value=(value) { (text) } } }
                }
                label { "发生什么"
                    select name="effect" { @for (value, text) in EFFECTS { option value=(value) { (text) } } }
                }
                label { "数字（errcode、状态码或毫秒）"
                    input type="number" name="number" value="-1" min="-1" max="600000" inputmode="numeric";
                }
                label { "账号"
                    select name="appid" {
                        option value="" { "全部" }
                        @for account in accounts { option value=(account.appid) { (account.title) } }
                    }
                }
                label { "人物"
                    select name="person" {
                        option value="" { "全部" }
                        @for person in people.iter() { option value=(person.id) { (person.display_name()) } }
                    }
                }
                label { "次数（留空：一直有效）"
                    input type="number" name="count" value="1" min="1" max="1000000" inputmode="numeric";
                }
                label { "每次发生的机会（百分比）"
                    input type="number" name="percent" value="100" min="1" max="100" inputmode="numeric";
                }
                label.check { input type="checkbox" name="after_work" value="true"; "先照常处理（code 会用掉），再出错" }
                button.button.default.mini type="submit" { "新增" }
            }
        }
    }
}
