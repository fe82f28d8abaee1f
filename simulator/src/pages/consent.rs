//! The consent page of `snsapi_userinfo`.

use maud::{Markup, html};

use crate::platform::{AuthorizeRequest, People, Person};

use super::avatar::logo;
use super::layout;

/// Asks the holder of the phone, and lets somebody else take it.
///
/// `raw_query` is the authorize query as it came; the form sends it along to be checked again.
pub(crate) fn consent(
    request: &AuthorizeRequest,
    people: &People,
    holder: &Person,
    raw_query: &str,
) -> Markup {
    layout::page(
        "微信授权",
        "sheet-page",
        html! {
            form.sheet method="post" action=(format!("/_simulator/consent?{raw_query}")) {
                main {
                    p.asker { (logo(&request.appid, &request.title)) span { (request.title) } " 申请" }
                    h1 { "获取你的昵称、头像" }
                    fieldset.picker {
                        legend { "以谁的身份？" small { "模拟环境：选中的人会拿着这个浏览器的“手机”" } }
                        @for person in people.iter() {
                            (choice(person, person.id == holder.id))
                        }
                    }
                }
                div.actions {
                    button.button.default type="submit" name="decision" value="refuse" { "拒绝" }
                    button.button.primary type="submit" name="decision" value="allow" { "允许" }
                }
            }
        },
    )
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
