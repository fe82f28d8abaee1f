//! Who can hold the phone, and a form for one more.

use maud::{Markup, html};

use crate::platform::{People, Person};

use super::layout::{button, check, select};

const PICTURES: [(&str, &str); 3] = [
    ("drawn", "画一个"),
    ("none", "没有头像"),
    ("dead", "头像地址已失效"),
];

const RELATIONS: [(&str, &str); 3] = [
    ("follower", "已关注"),
    ("follower_from_menu", "已关注，从菜单进入（静默）"),
    ("stranger", "未关注"),
];

const HABITS: [(&str, &str); 8] = [
    ("", "没有"),
    ("code_expires", "code 总是过期（40029）"),
    ("refuses", "总是拒绝授权"),
    ("slow", "应答慢五秒"),
    ("password_changed", "改过密码（42007）"),
    ("limited", "用户受限（50002）"),
    ("high_risk", "高风险（40226）"),
    ("broken_name", "昵称末尾是半个字"),
];

const SNAPSHOTS: [(&str, &str); 4] = [
    ("never", "不会"),
    ("flagged", "会，带 is_snapshotuser"),
    ("unflagged", "会，但不带标记"),
    ("real_flagged", "不会，却带标记"),
];

/// The list and the form.
pub(super) fn section(people: &People, holder: &Person) -> Markup {
    html! {
        section aria-labelledby="people" {
            h2 #people { "谁拿着手机" }
            p.secondary { "授权以此人的身份进行，只对这个浏览器有效。" }
            form method="post" action="/_simulator/phone" {
                ul.cells {
                    @for person in people.iter() {
                        li.cell { (row(person, person.id == holder.id)) }
                    }
                }
            }
            (add_form())
        }
    }
}

fn row(person: &Person, holds_the_phone: bool) -> Markup {
    html! {
        img src=(format!("/_simulator/avatar/{}/96", person.id)) alt="" width="40" height="40";
        div.text {
            bdi { (person.display_name()) }
            small { code { (person.id) } @if !person.note.is_empty() { " · " bdi { (person.note) } } }
        }
        @if holds_the_phone {
            strong.current { "正拿着手机" }
        } @else {
            button.button.default.mini type="submit" name="person" value=(person.id)
                aria-label=(format!("换成 {}", person.display_name())) { "换成此人" }
        }
    }
}

fn add_form() -> Markup {
    html! {
        details.card {
            summary { "新增人物" }
            form method="post" action="/_simulator/forms/person" {
                label { "昵称"
                    input type="text" name="nickname" maxlength="64" placeholder="留空则随机起名" autocomplete="off";
                }
                label { "备注"
                    input type="text" name="note" maxlength="64" placeholder="可不填" autocomplete="off";
                }
                (select("头像", "picture", PICTURES, ""))
                (select("与公众号的关系", "relation", RELATIONS, ""))
                (select("毛病", "habit", HABITS, ""))
                (select("以快照页打开", "snapshot", SNAPSHOTS, ""))
                (check("no_unionid", false, "没有 unionid"))
                (check("take_phone", true, "马上拿着这个浏览器的手机"))
                (button("新增"))
            }
        }
    }
}
