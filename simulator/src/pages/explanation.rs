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
        AuthorizeRefusal::NotWechat => (
            "当前浏览器的 User-Agent 里没有 MicroMessenger（或者是企业微信）。".to_owned(),
            "用微信打开，或者在浏览器开发者工具里换成微信的 User-Agent；也可以在模拟器设置里关掉 require_wechat。".to_owned(),
        ),
        AuthorizeRefusal::WrongOrder => (
            "参数的顺序或大小写和微信文档不一致。手机上多半能打开，电脑版微信会打不开。".to_owned(),
            "按 appid、redirect_uri、response_type、scope、state 的顺序拼接，其余参数放在 state 之后、#wechat_redirect 之前。".to_owned(),
        ),
        AuthorizeRefusal::MissingState => (
            "地址里没有 state，或者它是空的（模拟器设置 require_state 已打开）。".to_owned(),
            "每次都带上一个随机的 state，比如 32 个字母和数字。".to_owned(),
        ),
        AuthorizeRefusal::Banned => (
            "这个公众号已被封禁。".to_owned(),
            "换一个 appid；种子文件里写 banned = false 可以解封（真实的只能向微信申诉）。".to_owned(),
        ),
        AuthorizeRefusal::NotAuthorizedToComponent => (
            "地址里带了 component_appid，或者这个公众号设成了未授权第三方平台。".to_owned(),
            "不走第三方平台就去掉 component_appid。模拟器没有实现第三方平台的授权。".to_owned(),
        ),
        AuthorizeRefusal::WrongScheme => (
            "这个公众号要求 https，redirect_uri 用的是 http。".to_owned(),
            "把 redirect_uri 的 http:// 换成 https://。".to_owned(),
        ),
        AuthorizeRefusal::MustFollow => (
            "这是测试号，而拿着手机的人没有关注它。".to_owned(),
            "先用微信扫测试号管理页上的二维码关注；在模拟器里，换一个已关注的人物即可。".to_owned(),
        ),
        AuthorizeRefusal::TooFrequent => (
            "模拟器设置 too_frequent 已打开。只有这一个错误是暂时的，其余都要改配置。".to_owned(),
            "在真实环境里：过一会儿再试，并检查页面是不是在循环跳转授权。".to_owned(),
        ),
        AuthorizeRefusal::UnknownAppid { is_website: true, .. } => (
            "这是网站应用的 appid，网页授权要用公众号的 appid。".to_owned(),
            "换成公众号的 appid；网站应用请用 /connect/qrconnect。".to_owned(),
        ),
        AuthorizeRefusal::UnknownAppid { given, .. } => (
            format!("模拟器里没有 appid 为「{}」的公众号。", shortened(given)),
            "核对配置里的 appid；可用的列在 /_simulator 页面上。真实的 appid 在这里不能用。".to_owned(),
        ),
        AuthorizeRefusal::UnknownScope { given } => (
            format!("公众号没有「{}」这个 scope。", shortened(given)),
            "可以用的是 snsapi_base 和 snsapi_userinfo，多个用逗号隔开；没有认证的公众号什么都不能用（种子文件里是 scopes）；\
             snsapi_login 属于网站应用，snsapi_privateinfo 属于企业微信。".to_owned(),
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
                NotRegistered::Path => (
                    format!("{} 是登记过的域名，但路径不在登记的目录之下。登记的是：{registered}。", shortened(host)),
                    "把回调页面放到登记的目录下，或者只登记域名。".to_owned(),
                ),
                // Told as WrongScheme before it gets here.
                NotRegistered::Scheme => (
                    "协议与登记的不一致。".to_owned(),
                    "请用 https。".to_owned(),
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

/// Explains a refusal of the page of website applications.
pub(super) fn explain_login(refusal: &AuthorizeRefusal) -> Explanation {
    let (why, fix) = match refusal {
        AuthorizeRefusal::UnknownAppid { given, .. } => (
            format!(
                "模拟器里没有 appid 为「{}」的网站应用。公众号的 appid 在这里不能用。",
                shortened(given)
            ),
            "换成网站应用的 appid，列在 /_simulator 页面上；公众号请用 /connect/oauth2/authorize。",
        ),
        AuthorizeRefusal::UnknownScope { given } => (
            format!("网站应用没有「{}」这个 scope。", shortened(given)),
            "扫码登录只有 scope=snsapi_login。",
        ),
        other => return explain(other),
    };
    let fix = fix.to_owned();
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
