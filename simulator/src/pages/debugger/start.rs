//! Step 1: the authorize URL, built in WeChat's order of parameters.

use maud::{Markup, PreEscaped, html};

use crate::percent;
use crate::platform::Account;

/// What the form of the first step holds.
pub(crate) struct Start {
    /// Which account the debugger plays.
    pub(crate) appid: String,
    /// `snsapi_base`, `snsapi_userinfo`, or `snsapi_login` for website applications.
    pub(crate) scope: String,
    /// Any text.
    pub(crate) state: String,
    /// `forcePopup=true`.
    pub(crate) force_popup: bool,
    /// `forceSnapShot=true`.
    pub(crate) force_snapshot: bool,
    /// Where the debugger waits for the code.
    pub(crate) redirect_uri: String,
}

impl Start {
    /// The address the browser is sent to, relative to the simulator. WeChat's web authorization page fixes the
    /// order; that the optional parameters stand behind `state` follows addresses developers have shown.
    fn url(&self) -> String {
        let path = match self.scope.as_str() {
            "snsapi_login" => "qrconnect",
            _ => "oauth2/authorize",
        };
        let mut url = format!(
            "/connect/{path}?appid={}&redirect_uri={}&response_type=code&scope={}&state={}",
            percent::encode_value(&self.appid),
            percent::encode_value(&self.redirect_uri),
            percent::encode_value(&self.scope),
            percent::encode_value(&self.state),
        );
        for (name, wanted) in [
            ("forcePopup", self.force_popup),
            ("forceSnapShot", self.force_snapshot),
        ] {
            if wanted {
                url.push_str(&format!("&{name}=true"));
            }
        }
        url.push_str("#wechat_redirect");
        url
    }
}

const SCOPES: [(&str, &str); 3] = [
    ("snsapi_base", "snsapi_base　只有 openid"),
    ("snsapi_userinfo", "snsapi_userinfo　有昵称头像"),
    ("snsapi_login", "snsapi_login　网站扫码"),
];

/// Spares the press on 生成链接.
const SUBMIT_ON_CHANGE: &str = "document.getElementById('build')\
    .addEventListener('change', (event) => event.currentTarget.requestSubmit());";

/// The form, and the address it makes.
pub(crate) fn start(accounts: &[Account], origin: &str, start: &Start) -> Markup {
    let url = start.url();
    super::page(
        1,
        html! {
            form.card #build method="get" action="/_simulator/debugger" {
                (super::account_select(accounts, &start.appid))
                label { "scope"
                    select name="scope" {
                        @for (value, text) in SCOPES {
                            option value=(value) selected[value == start.scope] { (text) }
                        }
                    }
                }
                label { "state（留空会换一个随机值）"
                    input type="text" name="state" value=(start.state) autocomplete="off" autocapitalize="off" spellcheck="false";
                }
                label.check {
                    input type="checkbox" name="force_popup" value="true" checked[start.force_popup];
                    "forcePopup=true　这次一定弹出授权页"
                }
                label.check {
                    input type="checkbox" name="force_snapshot" value="true" checked[start.force_snapshot];
                    "forceSnapShot=true　以快照页打开"
                }
                button.button.default.mini type="submit" { "生成链接" }
                script { (PreEscaped(SUBMIT_ON_CHANGE)) }
            }
            section.card {
                h2 { "授权链接" }
                pre { (origin) (url) }
                p.secondary { "参数顺序、大小写和结尾的 #wechat_redirect 都按微信的要求。回调地址是调试器自己。" }
                p { a.button.primary href=(url) { "打开授权页" } }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_in_wechats_order_and_encoded_once() {
        let mut start = Start {
            appid: "wx1".into(),
            scope: "snsapi_base".into(),
            state: "a b&c".into(),
            force_popup: true,
            force_snapshot: false,
            redirect_uri: "http://h/c?x=1".into(),
        };
        assert_eq!(
            start.url(),
            "/connect/oauth2/authorize?appid=wx1&redirect_uri=http%3A%2F%2Fh%2Fc%3Fx%3D1&response_type=code\
             &scope=snsapi_base&state=a%20b%26c&forcePopup=true#wechat_redirect"
        );
        start.scope = "snsapi_login".into();
        assert!(start.url().starts_with("/connect/qrconnect?appid=wx1&"));
    }
}
