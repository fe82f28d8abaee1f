//! Who can hold the phone, and a form for one more.

use maud::{Markup, PreEscaped, html};

use crate::platform::{People, Person};

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
            (PreEscaped(include_str!("parts/add_person.html")))
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
