//! What WeChat never says: why the authorize page refused, and how to mend it. For developers, in Chinese.

use crate::platform::{AuthorizeRefusal, NotRegistered};
use crate::redirect::InvalidTarget;

/// Reason and remedy in plain words.
pub(super) struct Explanation {
    pub(super) why: String,
    pub(super) fix: String,
}

/// Explains a refusal.
pub(super) fn explain(refusal: &AuthorizeRefusal) -> Explanation {
    let (why, fix) = match refusal {
        AuthorizeRefusal::MissingAppid => (
            "地址里没有 appid，或者它是空的。参数名区分大小写：appId 不行。".to_owned(),
            "补上 appid=公众号的 appid。可用的 appid 列在 /_simulator 页面上。".to_owned(),
        ),
        AuthorizeRefusal::MissingRedirectUri => (
            "地址里没有 redirect_uri，或者它是空的。".to_owned(),
            "补上 redirect_uri=，值是接收 code 的页面地址，用 encodeURIComponent 编码一次。".to_owned(),
        ),
        AuthorizeRefusal::MissingScope => (
            "地址里没有 scope，或者它是空的。常见原因是 redirect_uri 没有编码，其中的 & 或 # 截断了后面的参数。".to_owned(),
            "静默登录用 scope=snsapi_base，需要昵称头像时用 scope=snsapi_userinfo。".to_owned(),
        ),
        AuthorizeRefusal::StateTooLong { bytes } => (
            format!("state 有 {bytes} 字节，最多 128 字节。"),
            "state 只放一个随机串（比如 32 个字母和数字），其余内容留在自己这边，用它来查。".to_owned(),
        ),
        AuthorizeRefusal::UnknownAppid { given } => (
            format!("模拟器里没有 appid 为「{}」的公众号。", shortened(given)),
            "核对配置里的 appid；可用的列在 /_simulator 页面上。真实的 appid 在这里不能用。".to_owned(),
        ),
        AuthorizeRefusal::UnknownScope { given } => (
            format!("公众号没有「{}」这个 scope。", shortened(given)),
            "这里只有 snsapi_base 和 snsapi_userinfo；snsapi_login 属于网站应用，snsapi_privateinfo 属于企业微信。".to_owned(),
        ),
        AuthorizeRefusal::WrongResponseType { given } => (
            format!("response_type 必须是 code，收到的是「{}」。", shortened(given)),
            "写成 response_type=code，参数顺序为 appid、redirect_uri、response_type、scope、state。".to_owned(),
        ),
        AuthorizeRefusal::InvalidRedirectUri { reason } => explain_target(*reason),
        AuthorizeRefusal::DomainNotRegistered { reason, host, registered } => {
            let registered = registered.join("、");
            match reason {
                NotRegistered::Host => (
                    format!("{} 不是这个公众号登记的网页授权域名。登记的是：{registered}。", shortened(host)),
                    "域名必须完全一致，上级域名和兄弟域名都不算。本机调试请用 127.0.0.1、localhost 或 [::1]，端口不限（仅模拟环境如此）。"
                        .to_owned(),
                ),
                NotRegistered::Port => (
                    format!("{} 是登记过的域名，但地址里带了端口。", shortened(host)),
                    "微信的网页授权域名不能带端口，写明 443 也不行：请去掉端口。".to_owned(),
                ),
            }
        }
    };
    Explanation { why, fix }
}

fn explain_target(reason: InvalidTarget) -> (String, String) {
    match reason {
        InvalidTarget::Scheme => (
            "redirect_uri 不是以 http:// 或 https:// 开头的完整地址。".to_owned(),
            "填写完整的网页地址，并且只编码一次：编码两次后，开头会变成 http%3A%2F%2F。".to_owned(),
        ),
        InvalidTarget::Host => (
            "redirect_uri 的主机部分无法识别：可能是空的，带了用户名、反斜杠，或者端口不对。"
                .to_owned(),
            "主机只写域名，例如 https://www.example.com/path。".to_owned(),
        ),
        InvalidTarget::Characters => (
            "redirect_uri 里有控制字符，或者不是 UTF-8。".to_owned(),
            "去掉换行等控制字符，用 encodeURIComponent 编码。".to_owned(),
        ),
    }
}

/// Whatever came in the address is shown, but not by the kilobyte.
fn shortened(text: &str) -> String {
    const SHOWN: usize = 80;
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
