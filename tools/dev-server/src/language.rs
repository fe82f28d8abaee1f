//! Chinese or English: for a terminal by its locale, for a page by its browser.

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};

/// The two languages of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// 中文.
    Chinese,
    /// English.
    English,
}

impl Language {
    /// Of the locale, as `setlocale` finds it: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that says something.
    pub(crate) fn of_locale(variable: impl Fn(&str) -> Option<String>) -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| variable(name).filter(|it| !it.is_empty()));
        Self::of_tag(&locale.unwrap_or_default())
    }

    /// Of whoever asks: what the browser names first.
    pub(crate) fn of_browser(headers: &HeaderMap) -> Self {
        let value = headers.get(ACCEPT_LANGUAGE);
        let value = value.and_then(|it| it.to_str().ok()).unwrap_or_default();
        Self::of_tag(value.trim_start())
    }

    fn of_tag(tag: &str) -> Self {
        let is_word = |it: char| it.is_ascii_alphanumeric();
        let word = tag.split(|it| !is_word(it)).next().unwrap_or_default();
        if word.eq_ignore_ascii_case("zh") {
            Self::Chinese
        } else {
            Self::English
        }
    }

    /// The words in this language.
    pub(crate) fn pick<T>(self, chinese: T, english: T) -> T {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_says_something_decides() {
        for (variables, expected) in [
            (&[("LANG", "zh_CN.UTF-8")][..], Language::Chinese),
            (&[("LC_ALL", "C"), ("LANG", "zh_CN")], Language::English),
            (&[("LC_ALL", ""), ("LANG", "zh")], Language::Chinese),
            (
                &[("LC_MESSAGES", "zh_TW"), ("LANG", "en_US")],
                Language::Chinese,
            ),
            (&[("LANG", "zhx")], Language::English),
            (&[], Language::English),
        ] {
            let variable = |name: &str| {
                let found = variables.iter().find(|(it, _)| *it == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(Language::of_locale(variable), expected, "{variables:?}");
        }
    }
}
