//! The authorize page: the consent page of `snsapi_userinfo`, snapshots, refusals, and WeChat's message page.

use maud::{Markup, PreEscaped, html};

use crate::platform::{AuthorizeRequest, People, Person};
use crate::wechat::AuthorizeRefusal;

use super::avatar::logo;
use super::layout::{FRAGMENT_WARNING, error, page, remarks};

const ORDER_WARNING: PreEscaped<&str> = PreEscaped(include_str!("parts/order_warning.html"));

/// How somebody came to the consent page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConsentKind {
    /// From the app.
    FirstVisit,
    /// By 使用完整服务 in a snapshot: whoever allows is the real user.
    FullService,
}

/// Asks the holder of the phone, and lets somebody else take it.
///
/// `raw_query` is the authorize query as it came; the form sends it along to be checked again.
pub(crate) fn consent(
    request: &AuthorizeRequest,
    people: &People,
    holder: &Person,
    raw_query: &str,
    kind: ConsentKind,
) -> Markup {
    let content = html! {
        form.sheet method="post" action=(format!("/_simulator/consent?{raw_query}")) {
            main {
                p.asker { (logo(&request.appid, &request.title)) span { (request.title) } " 申请" }
                h1 { "获取你的昵称、头像" }
                @if kind == ConsentKind::FullService {
                    input type="hidden" name="full_service" value="yes";
                } @else {
                    (FRAGMENT_WARNING)
                }
                @if request.out_of_order { (ORDER_WARNING) }
                (picker(people, holder, "模拟环境：选中的人会拿着这个浏览器的“手机”"))
            }
            (decision("拒绝", "允许"))
        }
    };
    page("微信授权", "sheet-page", content)
}

/// Everybody to choose from.
pub(super) fn picker(people: &People, holder: &Person, hint: &str) -> Markup {
    html! {
        fieldset.picker {
            legend { "以谁的身份？" small { (hint) } }
            @for person in people.iter() {
                label.person {
                    span.face {
                        img src=(format!("/_simulator/avatar/{}/96", person.id)) alt="" width="48" height="48";
                        input type="radio" name="person" value=(person.id) checked[person.id == holder.id];
                    }
                    bdi.name { (person.display_name()) }
                    @if !person.note.is_empty() { small { (person.note) } }
                }
            }
        }
    }
}

/// The two buttons.
pub(super) fn decision(refuse: &str, allow: &str) -> Markup {
    html! {
        div.actions {
            button.button.default type="submit" name="decision" value="refuse" { (refuse) }
            button.button.primary type="submit" name="decision" value="allow" { (allow) }
        }
    }
}

/// 网页快照: what stands in for the app when WeChat shows a snapshot of it. WeChat's hint, and the two ways on.
pub(crate) fn snapshot(request: &AuthorizeRequest, holder: &Person, raw_query: &str) -> Markup {
    let content = html! {
        p.snapshot-bar { "当前为网页快照，只能浏览部分内容" }
        main.message {
            p.asker.centred { (logo(&request.appid, &request.title)) span { (request.title) } }
            h1 { "以网页快照打开" }
            p.secondary { bdi { (holder.display_name()) } " 先以虚拟账号访问，微信不会弹出授权框。" }
            form method="post" action=(format!("/_simulator/snapshot?{raw_query}")) {
                button.button.default type="submit" { "以快照浏览" }
            }
            p.full-service {
                a.button.primary href=(format!("/_simulator/full-service?{raw_query}")) { "使用完整服务" }
            }
        }
        (remarks(PreEscaped(include_str!("parts/snapshot_remarks.html"))))
        (FRAGMENT_WARNING)
    };
    page("网页快照", "plain", content)
}

/// 拒绝 that goes back to the page before the consent page.
///
/// The last entries of the browser's history are this page and, for `pages_back` 2, the consent page; only if something
/// lies before them is there a previous page to go back to. Otherwise this page stays, and its link leads back to the
/// app.
pub(crate) fn refused_go_back(request: &AuthorizeRequest, pages_back: u8) -> Markup {
    let go_back = format!("if (history.length > {pages_back}) history.go(-{pages_back});");
    let content = html! {
        main.message {
            h1 { "已拒绝授权" }
            p.secondary { "你没有允许「" (request.title) "」获取你的信息。" }
            p { a.button.default href=(request.target.unchanged()) { "回到原来的页面" } }
        }
        script { (PreEscaped(go_back)) }
    };
    page("已拒绝授权", "plain", content)
}

/// 拒绝 that leaves the person on an empty page.
pub(crate) fn refused_blank() -> Markup {
    page("", "plain", html! { main {} })
}

/// The page that a refused authorize request ends on.
pub(crate) fn authorize_refused(refusal: &AuthorizeRefusal) -> Markup {
    refused(refusal, &refusal.page.text, refusal.page.number)
}

/// The same in the words of one of WeChat's two pages.
pub(super) fn refused(refusal: &AuthorizeRefusal, text: &str, number: Option<i64>) -> Markup {
    let explanation = html! {
        (remarks(html! {
            dl {
                dt { "原因" }
                dd { (refusal.why) }
                dt { "怎么改" }
                dd { (refusal.page.fix) }
            }
            p.secondary { "用户在微信里会停在这一页，应用收不到任何通知。" }
        }))
        (FRAGMENT_WARNING)
    };
    error(text, number, explanation)
}
