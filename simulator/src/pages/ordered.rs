//! Pages that appear because a fault rule or a setting ordered them.

use maud::{Markup, PreEscaped, html};

use super::error::warn_icon;
use super::layout;

/// The first delivery is a request beside the page, the second one takes the browser to the app. The same cookies go
/// along as long as app and simulator are one site, as all ports of one host are.
const DELIVER: &str = "\
const address = document.getElementById('callback').href;\
fetch(address, { mode: 'no-cors', credentials: 'include', keepalive: true }).catch(() => {});\
setTimeout(() => location.replace(address), 300);";

/// WeChat's text for a number on its error page.
pub(crate) const fn page_error_text(number: i64) -> Option<&'static str> {
    Some(match number {
        10003 => "redirect_uri域名与后台配置不一致",
        10004 => "此公众号被封禁",
        10005 => "此公众号并没有这些scope的权限",
        10006 => "必须关注此测试号",
        10009 => "操作太频繁了，请稍后重试",
        10010 => "scope不能为空",
        10011 => "redirect_uri不能为空",
        10012 => "appid不能为空",
        10013 => "state不能为空",
        10015 => "公众号未授权第三方平台，请检查授权状态",
        10016 => "不支持微信开放平台的Appid，请使用公众号Appid",
        10039 => "redirect_uri协议与后台配置不一致",
        _ => return None,
    })
}

/// WeChat's message page with a number that a rule asked for.
pub(crate) fn ordered_error(text: &str, number: i64) -> Markup {
    layout::page(
        text,
        "plain",
        html! {
            main.message {
                (warn_icon())
                h1 { (text) }
                p.secondary { "错误码：" (number) }
            }
            aside.hint aria-label="模拟器说明" {
                h2 { "模拟器说明（微信不会显示这一框）" }
                dl {
                    dt { "原因" }
                    dd { "一条故障规则要求显示这个错误，应用的链接没有问题。" }
                    dt { "怎么改" }
                    dd { "在 " a href="/_simulator" { "/_simulator" } " 删除这条规则。" }
                }
            }
        },
    )
}

/// Calls the app's callback twice with the same code, as developers report from slow servers and from menu entries.
/// Without scripts it is called once, by the link.
pub(crate) fn callback_twice(address: &str) -> Markup {
    layout::page(
        "同一个 code 送达两次",
        "plain",
        html! {
            main.message {
                h1 { "同一个 code 送达两次" }
                p.secondary { "故障规则或设置要求：先在后台请求一次回调地址，再跳转过去。" }
                p { a.button.default #callback href=(address) { "继续" } }
            }
            script { (PreEscaped(DELIVER)) }
        },
    )
}
