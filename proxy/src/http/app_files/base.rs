//! The line of the page that says what its addresses are relative to: `<base href="/" />`, the same for everybody when the
//! app is built, and the path of `public_url` when it is sent.

use super::policy::attribute;

/// The page for the path of `public_url`, empty or such as `/h5`; nothing where it is that already.
///
/// # Errors
/// What is wrong with a page that cannot be moved there.
pub(super) fn moved(html: &str, prefix: &str) -> Result<Option<String>, String> {
    let place = format!("{prefix}/");
    match base(html) {
        Some(href) if href == place => Ok(None),
        Some("/") => {
            // The first of its kind, as it was found.
            let Some((before, behind)) = html.split_once("<base ") else {
                return Ok(None);
            };
            let behind = behind.replacen("href=\"/\"", &format!("href=\"{place}\""), 1);
            Ok(Some(format!("{before}<base {behind}")))
        }
        Some(href) if !prefix.is_empty() || href.starts_with('/') => Err(format!(
            "has <base href={href:?} /> and was built for another path than public_url's, {place}; build it without one, as \
             `make build` does"
        )),
        None if !prefix.is_empty() => Err(format!(
            "has no line <base href=\"/\" />, without which it looks for its files and pages at the root of the host, not \
             under {place}; build it anew with `make build`, or add the line and make what the page names relative to it"
        )),
        _ => Ok(None),
    }
}

/// What the addresses in the page are relative to, where it says so.
pub(crate) fn base(html: &str) -> Option<&str> {
    attribute(html, "<base ", "href")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_line_is_changed_however_the_bundler_spells_it() {
        for line in [
            "<base href=\"/\" />",
            "<base href=\"/\"/>",
            "<base href=\"/\">",
            "<base data-x href=\"/\">",
        ] {
            let page = |line: &str| format!("<head>{line}<a href=\"/\">href=\"/\"</a>");
            let expected = page(&line.replace("\"/\"", "\"/a/h5/\""));
            assert_eq!(moved(&page(line), "/a/h5"), Ok(Some(expected.clone())));
            assert_eq!(moved(&expected, "/a/h5"), Ok(None));
            assert_eq!(moved(&page(line), ""), Ok(None));
        }
    }

    #[test]
    fn a_page_of_another_path_or_of_none_is_refused() {
        for (page, prefix, word) in [
            ("<base href=\"/other/\">", "/h5", "another path"),
            ("<base href=\"/other/\">", "", "another path"),
            ("<base href=\"/h5\">", "/h5", "another path"),
            ("<base href=\"./\">", "/h5", "another path"),
            ("<a href=\"/\">", "/h5", "no line"),
            ("<base target=\"_top\"><a href=\"/\">", "/h5", "no line"),
        ] {
            let problem = moved(page, prefix).unwrap_err();
            assert!(problem.contains(word), "{page}: {problem}");
        }
        // At the root many pages do without.
        for page in ["", "<base href=\"./\">", "<base target=\"_top\">"] {
            assert_eq!(moved(page, ""), Ok(None), "{page}");
        }
    }
}
