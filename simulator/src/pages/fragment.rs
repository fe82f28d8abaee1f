//! `#wechat_redirect` never reaches a server, so the page looks for it itself.

use maud::{Markup, PreEscaped, html};

const SCRIPT: &str = "document.getElementById('no-fragment').hidden = \
    location.hash.slice(1) === 'wechat_redirect';";

/// A warning that shows itself where the address lacks `#wechat_redirect`; silent without scripts.
pub(super) fn warning() -> Markup {
    html! {
        aside.hint #no-fragment hidden {
            h2 { "地址末尾缺少 #wechat_redirect" }
            p.secondary {
                "微信文档要求授权地址总是以 #wechat_redirect 结尾，直接打开和 302 跳转都一样，否则真机上可能打不开。"
                "写在 # 后面的其他参数（比如 forcePopup）不会生效。"
            }
        }
        script { (PreEscaped(SCRIPT)) }
    }
}
