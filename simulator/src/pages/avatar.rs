//! Pictures of people and accounts: a letter on a colour.

use maud::{Markup, PreEscaped, html};

use crate::platform::{Person, Picture};

/// Dark enough for white letters.
const COLOURS: [&str; 8] = [
    "#3d7f5c", "#a8533a", "#3f6ea5", "#8a5a9e", "#96702a", "#b04a6b", "#3b7f86", "#6a6f3c",
];

/// A person's picture as SVG with edges of `size` pixels; a grey figure for people without one.
pub(crate) fn avatar(person: &Person, size: u16) -> Markup {
    html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(size) height=(size) viewBox="0 0 100 100" {
            @if person.picture == Picture::Drawn {
                circle cx="50" cy="50" r="50" fill=(colour(&person.id)) {}
                text x="50" y="52" font-size="48" font-family="sans-serif" fill="#fff"
                    text-anchor="middle" dominant-baseline="central" { (letter(&person.nickname, &person.id)) }
            } @else {
                (PreEscaped(include_str!("parts/nobody.svg")))
            }
        }
    }
}

/// The letter logo of an account, for the pages that name it.
pub(super) fn logo(appid: &str, title: &str) -> Markup {
    html! {
        span.logo aria-hidden="true" style=(format!("background:{}", colour(appid))) { (letter(title, appid)) }
    }
}

/// The first letter, digit or ideograph of a name; names of nothing but symbols give way to the id.
fn letter(name: &str, id: &str) -> char {
    let first = name.chars().chain(id.chars()).find(|c| c.is_alphanumeric());
    first.unwrap_or('?').to_uppercase().next().unwrap_or('?')
}

#[expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a remainder of a list's length is one of its indices, and no list here is empty"
)]
fn colour(id: &str) -> &'static str {
    let sum: usize = id.bytes().map(usize::from).sum();
    COLOURS[sum % COLOURS.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_found_behind_symbols_and_in_empty_names() {
        assert_eq!(letter("小明", "x"), '小');
        assert_eq!(letter("🌸阿花", "x"), '阿');
        assert_eq!(letter("<b>", "x"), 'B');
        assert_eq!(letter("", "wuming"), 'W');
        assert_eq!(letter("", ""), '?');
    }
}
