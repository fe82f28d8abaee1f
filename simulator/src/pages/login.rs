//! Website applications: the QR code on the computer, and what the phone shows behind it.

use maud::{Markup, PreEscaped, html};
use qrcode::{Color, EcLevel, QrCode};

use crate::platform::{AuthorizeRequest, People, Person};
use crate::wechat::AuthorizeRefusal;

use super::authorize::{decision, picker, refused};
use super::avatar::logo;
use super::layout::{page, remarks};

/// Modules of white around the code, as the standard asks for.
const QUIET_ZONE: usize = 4;

/// The page on the computer. `origin` is the simulator's own, which the QR code leads to.
pub(crate) fn qr_code(title: &str, origin: &str, ticket: &str, english: bool) -> Markup {
    let (heading, hint) = match english {
        true => ("WeChat Login", "Scan with WeChat to log in to"),
        false => ("微信登录", "请使用微信扫描二维码登录"),
    };
    let path = format!("/_simulator/scan/{ticket}");
    let content = html! {
        main.message {
            h1 { (heading) }
            p.qr { (qr_svg(&format!("{origin}{path}"))) }
            p #status role="status" { (hint) }
            p.secondary { "“" (title) "”" }
        }
        (remarks(html! {
            p.secondary {
                "真正的微信扫不了这个码。用手机浏览器扫（手机要能访问模拟器），或者"
                a #scan href=(path) target="_blank" { "在这个浏览器里扫码" }
                "。确认之后这一页会自己跳转；没有脚本时请点"
                a href=(format!("{path}/continue")) { "继续" }
                "。"
            }
        }))
        // Asks once a second how far the QR code is.
        script { (PreEscaped(include_str!("parts/scan.js"))) }
    };
    page(heading, "plain", content)
}

/// The page on the phone.
pub(crate) fn scan_as(
    request: &AuthorizeRequest,
    people: &People,
    holder: &Person,
    ticket: &str,
) -> Markup {
    let content = html! {
        form.sheet method="post" action=(format!("/_simulator/scan/{ticket}")) {
            main {
                p.asker { (logo(&request.appid, &request.title)) span { (request.title) } }
                h1 { "在电脑上登录" }
                (picker(people, holder, "模拟环境：选中的人扫了这个码"))
            }
            (decision("取消", "确认登录"))
        }
    };
    page("扫码登录", "sheet-page", content)
}

/// The phone has done its part.
pub(crate) fn scan_decided(ticket: &str, confirmed: bool) -> Markup {
    let title = if confirmed {
        "已确认登录"
    } else {
        "已取消登录"
    };
    let content = html! {
        main.message {
            h1 { (title) }
            p.secondary { "电脑上的页面会自己继续，这一页可以关掉了。" }
            p { a href=(format!("/_simulator/scan/{ticket}/continue")) { "在这个浏览器里继续" } }
        }
    };
    page(title, "plain", content)
}

/// The message page of this flow, which has other words and no numbers.
pub(crate) fn login_refused(refusal: &AuthorizeRefusal) -> Markup {
    refused(refusal, &refusal.page.login_text, None)
}

#[expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "the library gives as many colours as its width says, which is below 200"
)]
fn qr_svg(text: &str) -> Markup {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else {
        // Addresses of the simulator are far shorter than what fits.
        return html! { "（二维码太长）" };
    };
    let width = code.width();
    let side = width + 2 * QUIET_ZONE;
    let colors = code.to_colors();
    let dark = (0..width * width).filter(|at| colors[*at] == Color::Dark);
    let path: String = dark
        .map(|at| {
            format!(
                "M{} {}h1v1h-1z",
                at % width + QUIET_ZONE,
                at / width + QUIET_ZONE
            )
        })
        .collect();
    html! {
        svg viewBox=(format!("0 0 {side} {side}")) width="240" height="240" role="img" aria-label="登录二维码"
            shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    }
}
