//! The pages of this server itself: of what is missing, and one that waits.

use crate::language::Language;

const PAGE: &str = include_str!("page.html");

/// A page of this server's own; with a script, one that waits.
pub(crate) fn page(language: Language, title: &str, text: &str, script: Option<&str>) -> String {
    let sign = script.map_or("", |_| "<i></i>");
    let parts = [
        ("{lang}", language.pick("zh-CN", "en").to_owned()),
        ("{title}", escaped(title)),
        ("{text}", escaped(text)),
        ("{sign}", sign.to_owned()),
        ("{script}", script.unwrap_or_default().to_owned()),
    ];
    let fill = |page: String, (place, part): (&str, String)| page.replace(place, &part);
    parts.into_iter().fold(PAGE.to_owned(), fill)
}

/// As text in HTML, also in an attribute.
pub(crate) fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_on_a_page_are_no_html() {
        let page = page(Language::English, "a<b", "{script}&\"", None);
        assert!(page.contains("<title>a&lt;b</title>") && page.contains("&amp;&quot;</p>"));
        assert!(!page.contains("<script"));
    }
}
