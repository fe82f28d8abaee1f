//! What can be wrong with a door: another application than the account has, a code of another door, a page that is not
//! ours, a scan that is over. People meet these on their phones, so both languages have them.

use actix_web::http::StatusCode;
use api_types::ErrorCode;

use super::words::Language;

/// Something about one of the ways to sign in, or to sign a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// The account has no application of the kind that is named.
    NoApplication,
    /// The code is one of a scan where another is expected, or the other way round.
    ForeignCode,
    /// The address to be signed is not one of this server's pages.
    ForeignAddress,
    /// The scan of a QR code is unknown, over or decided.
    ScanExpired,
    /// The code of a scan is unknown, too old, another browser's or used: the app begins again as with one of WeChat's.
    ScanCodeExpired,
    /// Another person's phone was there first.
    ScanTaken,
    /// The phone shows the page as a snapshot.
    ScanSnapshot,
    /// The phone's page was not opened by the scan.
    ScanForeign,
    /// The computer's page was not asked for as the app does.
    ScanMalformed,
}

impl Door {
    pub(super) fn code_and_status(self) -> (ErrorCode, StatusCode) {
        match self {
            Self::NoApplication | Self::ForeignCode => {
                (ErrorCode::WrongApplication, StatusCode::BAD_REQUEST)
            }
            Self::ForeignAddress => (ErrorCode::ForeignAddress, StatusCode::BAD_REQUEST),
            Self::ScanExpired | Self::ScanTaken => (ErrorCode::ScanExpired, StatusCode::GONE),
            Self::ScanCodeExpired => (ErrorCode::CodeExpired, StatusCode::GONE),
            Self::ScanSnapshot => (ErrorCode::Forbidden, StatusCode::FORBIDDEN),
            Self::ScanForeign | Self::ScanMalformed => {
                (ErrorCode::InvalidRequest, StatusCode::BAD_REQUEST)
            }
        }
    }

    pub(in crate::http) fn words(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Self::NoApplication => (
                "This account has no such application. Name one that the account has in the server's configuration, or begin an ordinary login.",
                "这个账号没有配置这类应用。请换成服务器配置里该账号已有的应用，或者走普通登录。",
            ),
            Self::ForeignCode => (
                "This code belongs to another way of signing in. Begin the login again, and send the code with the application it was issued for.",
                "这个 code 属于另一种登录方式。请重新登录，并把 code 和签发它的应用一起发送。",
            ),
            Self::ForeignAddress => (
                "This address is not one of this server's pages, so it is not signed. Send as url the page's own address, without its fragment, under public_url.",
                "这个地址不是本站的页面，不予签名。请以 url 发送 public_url 之下、当前页面自己的地址，不带 # 之后的部分。",
            ),
            Self::ScanExpired => (
                "This QR code is over: it is older than two minutes, or was decided already. Make a new one on the computer and scan it again.",
                "这个二维码已失效：超过两分钟，或者已经确认过。请在电脑上刷新二维码后重新扫描。",
            ),
            Self::ScanCodeExpired => (
                "This code of a scan is over: it is older than a minute, was used, or is another browser's. Begin the login again.",
                "这个扫码登录的 code 已失效：超过一分钟、已经用过，或者属于另一个浏览器。请重新登录。",
            ),
            Self::ScanTaken => (
                "Another phone was first with this QR code. Make a new one on the computer and scan that.",
                "已有另一部手机先扫描了这个二维码。请在电脑上刷新二维码后重新扫描。",
            ),
            Self::ScanSnapshot => (
                "WeChat shows this page as a snapshot, in which nobody can sign in. Tap 使用完整服务 at the bottom of the screen, then decide.",
                "微信正以网页快照打开此页面，快照中无法登录。请点击屏幕底部的“使用完整服务”，再进行确认。",
            ),
            Self::ScanForeign => (
                "This page was opened otherwise than by scanning the code with this phone, or the phone keeps no cookies. Scan the QR code on the computer again.",
                "此页面不是由这部手机扫码打开的，或者手机没有保存 Cookie。请重新扫描电脑上的二维码。",
            ),
            Self::ScanMalformed => (
                "This address was not made by the site's login page. Go back to the site and begin the login again.",
                "这个地址不是由本站的登录页面生成的。请回到网站重新登录。",
            ),
        };
        match language {
            Language::English => english,
            Language::Chinese => chinese,
        }
    }
}
