//! The consent page of `snsapi_userinfo`.

use maud::{Markup, html};

use crate::platform::{AuthorizeRequest, People, Person};

use super::avatar::logo;
use super::{fragment, layout};

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
    layout::page(
        "微信授权",
        "sheet-page",
        html! {
            form.sheet method="post" action=(format!("/_simulator/consent?{raw_query}")) {
                main {
                    p.asker { (logo(&request.appid, &request.title)) span { (request.title) } " 申请" }
                    h1 { "获取你的昵称、头像" }
                    @if kind == ConsentKind::FullService {
                        input type="hidden" name="full_service" value="yes";
                    } @else {
                        (fragment::warning())
                    }
                    @if request.out_of_order { (order_warning()) }
                    (picker(people, holder, "模拟环境：选中的人会拿着这个浏览器的“手机”"))
                }
                (decision("拒绝", "允许"))
            }
        },
    )
}

/// Everybody to choose from.
pub(super) fn picker(people: &People, holder: &Person, hint: &str) -> Markup {
    html! {
        fieldset.picker {
            legend { "以谁的身份？" small { (hint) } }
            @for person in people.iter() {
                (choice(person, person.id == holder.id))
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

fn order_warning() -> Markup {
    html! {
        aside.hint {
            h2 { "参数顺序与微信文档不一致" }
            p.secondary {
                "手机上多半能打开，电脑版微信会打不开。顺序应为 appid、redirect_uri、response_type、scope、state。"
            }
        }
    }
}

fn choice(person: &Person, chosen: bool) -> Markup {
    html! {
        label.person {
            span.face {
                img src=(format!("/_simulator/avatar/{}/96", person.id)) alt="" width="48" height="48";
                input type="radio" name="person" value=(person.id) checked[chosen];
            }
            bdi.name { (person.display_name()) }
            @if !person.note.is_empty() { small { (person.note) } }
        }
    }
}
