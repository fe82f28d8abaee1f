//! The switches, each with what it is for.

use maud::{Markup, html};

use crate::platform::{RefusalBehaviour, Settings};

const REFUSALS: [(RefusalBehaviour, &str, &str); 3] = [
    (
        RefusalBehaviour::GoBack,
        "go_back",
        "回到上一页（有开发者报告，iOS）",
    ),
    (
        RefusalBehaviour::Blank,
        "blank",
        "停在空白页（有开发者报告，Android）",
    ),
    (
        RefusalBehaviour::RedirectWithState,
        "redirect_with_state",
        "带 state 返回，没有 code（第三方平台文档）",
    ),
];

/// The form with all switches.
pub(super) fn section(settings: &Settings) -> Markup {
    html! {
        section aria-labelledby="settings" {
            h2 #settings { "设置" }
            form.card method="post" action="/_simulator/forms/settings" {
                label { "用户拒绝授权之后"
                    select name="refusal" {
                        @for (behaviour, value, text) in REFUSALS {
                            option value=(value) selected[behaviour == settings.refusal] { (text) }
                        }
                    }
                }
                label { "同意之后多少秒内不再询问"
                    input type="number" name="remember_consent_seconds" min="0" inputmode="numeric"
                        value=(settings.remember_consent_seconds);
                }
                (switch("strict_order", settings.strict_order, "参数顺序必须与文档一致（桌面端如此，手机宽松）"))
                (switch("require_wechat", settings.require_wechat, "只接受微信的浏览器，否则“请在微信客户端打开链接”"))
                (switch("require_state", settings.require_state, "state 不能为空（10013）"))
                (switch("long_state", settings.long_state, "state 超过 128 字节也接受"))
                (switch("connect_redirect", settings.connect_redirect, "授权页先带着 connect_redirect=1 跳回自己一次"))
                (switch("too_frequent", settings.too_frequent, "授权页总说操作太频繁（10009）"))
                (switch("deliver_twice", settings.deliver_twice, "回调送达两次，code 相同"))
                (switch("drop_openid_parameter", settings.drop_openid_parameter, "丢掉 redirect_uri 里名为 openId 的参数"))
                (switch("snapshot_at_once", settings.snapshot_at_once, "快照页不经过说明页，直接跳回"))
                (switch("snapshot_userinfo_forbidden", settings.snapshot_userinfo_forbidden, "快照页的虚拟用户取资料得到 48001"))
                (switch("shared_snapshot_unionid", settings.shared_snapshot_unionid, "快照页的虚拟用户共用一个 unionid"))
                (switch("silent_profile_after_consent", settings.silent_profile_after_consent, "同意过的人，snsapi_base 的令牌也能取资料"))
                button.button.default.mini type="submit" { "保存设置" }
            }
        }
    }
}

fn switch(name: &str, on: bool, text: &str) -> Markup {
    html! {
        label.check { input type="checkbox" name=(name) value="true" checked[on]; (text) }
    }
}
