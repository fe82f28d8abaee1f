//! Where a refusal ends that is not redirected to the app.

use maud::{Markup, PreEscaped, html};

use crate::platform::AuthorizeRequest;

use super::layout;

/// 拒绝 that goes back to the page before the consent page.
///
/// The last entries of the browser's history are this page and, for `pages_back` 2, the consent page; only if something
/// lies before them is there a previous page to go back to. Otherwise this page stays, and its link leads back to the
/// app.
pub(crate) fn refused_go_back(request: &AuthorizeRequest, pages_back: u8) -> Markup {
    let go_back = format!("if (history.length > {pages_back}) history.go(-{pages_back});");
    layout::page(
        "已拒绝授权",
        "plain",
        html! {
            main.message {
                h1 { "已拒绝授权" }
                p.secondary { "你没有允许「" (request.title) "」获取你的信息。" }
                p { a.button.default href=(request.target.unchanged()) { "回到原来的页面" } }
            }
            script { (PreEscaped(go_back)) }
        },
    )
}

/// 拒绝 that leaves the person on an empty page.
pub(crate) fn refused_blank() -> Markup {
    layout::page("", "plain", html! { main {} })
}
