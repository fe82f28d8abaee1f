//! The tags in a page that say something to trunk.

use std::ops::Range;

/// A tag: where it stands, what it is, and its attributes as they are written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    pub(crate) place: Range<usize>,
    pub(crate) name: &'a str,
    pub(crate) attributes: Vec<(&'a str, &'a str)>,
}

impl<'a> Tag<'a> {
    /// The value of an attribute; empty where it is only there.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        let named = self.attributes.iter().find(|(its, _)| *its == name);
        named.map(|(_, value)| *value)
    }
}

/// All opening tags, without those that stand in comments, scripts and styles.
pub(crate) fn opening(html: &str) -> Vec<Tag<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(begin) = html[at..].find('<').map(|offset| at + offset) {
        let rest = &html[begin..];
        if rest.starts_with("<!--") {
            at = behind(html, begin, "-->");
        } else if !rest[1..].starts_with(|it: char| it.is_ascii_alphabetic()) {
            at = begin + 1;
        } else {
            let tag = tag(html, begin);
            at = tag.place.end;
            if ["script", "style", "textarea", "title"].contains(&tag.name) {
                at = behind(html, at, &format!("</{}", tag.name));
            }
            found.push(tag);
        }
    }
    found
}

/// The position behind the next `end`, or the end of the page.
fn behind(html: &str, from: usize, end: &str) -> usize {
    html[from..]
        .find(end)
        .map_or(html.len(), |offset| from + offset + end.len())
}

/// The tag that begins at this position.
fn tag(html: &str, begin: usize) -> Tag<'_> {
    let is_space = |it: char| it.is_ascii_whitespace();
    let until = |from: usize, is_end: &dyn Fn(char) -> bool| {
        html[from..]
            .find(is_end)
            .map_or(html.len(), |offset| from + offset)
    };
    let mut at = until(begin + 1, &|it| is_space(it) || it == '/' || it == '>');
    let name = &html[begin + 1..at];
    let mut attributes = Vec::new();
    loop {
        at = until(at, &|it| !is_space(it) && it != '/');
        if html[at..].starts_with('>') || at == html.len() {
            let end = (at + 1).min(html.len());
            return Tag {
                place: begin..end,
                name,
                attributes,
            };
        }
        // A name may even begin with "=".
        let first = html[at..].chars().next().map_or(1, char::len_utf8);
        let end = until(at + first, &|it| is_space(it) || "=/>".contains(it));
        let name = &html[at..end];
        at = until(end, &|it| !is_space(it));
        let mut value = "";
        if html[at..].starts_with('=') {
            at = until(at + 1, &|it| !is_space(it));
            let quote = html[at..].chars().next().filter(|it| "\"'".contains(*it));
            let (from, to) = match quote {
                Some(quote) => (at + 1, until(at + 1, &|it| it == quote)),
                None => (at, until(at, &|it| is_space(it) || it == '>')),
            };
            value = &html[from..to];
            at = (to + usize::from(quote.is_some())).min(html.len());
        } else {
            at = end;
        }
        attributes.push((name, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_in_every_way_they_are_written() {
        let html =
            "<p>a < b</p><link data-trunk\n rel='rust' href=a/b.toml disabled\tx = \"1>2\"/>";
        let tags = opening(html);
        assert_eq!(tags.len(), 2);
        assert_eq!(&html[tags[1].place.clone()], &html[12..]);
        let attributes = [
            ("data-trunk", ""),
            ("rel", "rust"),
            ("href", "a/b.toml"),
            ("disabled", ""),
            ("x", "1>2"),
        ];
        assert_eq!(tags[1].attributes, attributes);
        assert_eq!(tags[1].get("rel"), Some("rust"));
        assert_eq!(tags[1].get("re"), None);
    }

    #[test]
    fn what_only_looks_like_a_tag_is_none() {
        let html =
            "<!doctype html><!-- <link> --><script>'<link>'</script><style><a></style></p><br>";
        let names: Vec<&str> = opening(html).iter().map(|tag| tag.name).collect();
        assert_eq!(names, ["script", "style", "br"]);
    }

    #[test]
    fn a_page_that_breaks_off_is_read_to_its_end() {
        for html in [
            "<", "<a", "<a b", "<a b=", "<a b='c", "<!-- ", "<script>", "<a =", "<a é",
        ] {
            assert!(opening(html).len() <= 1, "{html}");
        }
    }
}
