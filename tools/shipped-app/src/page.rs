//! The entry page without what only people read: comments and indents, also in the style sheet and the script that trunk
//! puts into it. The page comes before everything else, so here a byte counts for more than elsewhere.

use std::fmt::Write as _;

use anyhow::Context as _;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::names::lines;

/// The page in fewer bytes, unless something in it could change its meaning by this; names, order and line ends stay, so
/// that what a browser complains about is still found.
pub(crate) fn shorten(page: &str) -> anyhow::Result<String> {
    anyhow::ensure!(
        !page.contains('`') && !page.contains("<pre") && !page.contains("<textarea"),
        "blanks may matter in the page: it has a template, <pre> or <textarea>"
    );
    // trunk begins what it puts in right behind the tag.
    let is_tag = |line: &str| line.starts_with("<style>") || line.starts_with("<script>");
    let own = page.lines().map(|line| match line.trim() {
        tag if is_tag(tag) => tag.replacen('>', ">\n", 1) + "\n",
        line => format!("{line}\n"),
    });
    let page = own.collect::<String>();
    let page = without_comments(&page, "<!--", "-->")?;
    let page = without_comments(&page, "/*", "*/")?;
    Ok(lines(&page).map(|line| format!("{line}\n")).collect())
}

/// The bytes of the first stage's module as they are, in the place of `atob('…')`: base64 hides from compression what repeats
/// itself, which is a fifth of them.
pub(crate) fn unpack_first_stage(page: &str) -> anyhow::Result<String> {
    const START: &str = "wechatLogin.run(atob('";
    let Some((before, rest)) = page.split_once(START) else {
        return Ok(page.to_owned());
    };
    let (encoded, after) = rest.split_once("')").context("no end of the first stage")?;
    let module = BASE64_STANDARD.decode(encoded).context("the first stage")?;
    let mut text = String::new();
    for byte in module {
        match byte {
            // What ends the text or the script, what HTML alters, and what no page may have (see `shorten`).
            0 | b'\n' | b'\r' | b'\\' | b'\'' | b'<' | b'`' => write!(text, "\\x{byte:02x}")?,
            _ => text.push(char::from(byte)),
        }
    }
    Ok(format!("{before}wechatLogin.run('{text}'{after}"))
}

/// The first stage's module as a browser reads it out of the page; `None` if the page has none.
pub(crate) fn first_stage(page: &str) -> anyhow::Result<Option<Vec<u8>>> {
    let Some((_, rest)) = page.split_once("wechatLogin.run('") else {
        return Ok(None);
    };
    let (text, _) = rest.split_once('\'').context("no end of the first stage")?;
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let byte = match rest.strip_prefix("\\x").and_then(|it| it.get(..2)) {
            Some(digits) => {
                rest = &rest[4..];
                u8::from_str_radix(digits, 16)?
            }
            None => {
                rest = &rest[next.len_utf8()..];
                u8::try_from(u32::from(next))?
            }
        };
        bytes.push(byte);
    }
    Ok(Some(bytes))
}

/// Without comments that have lines of their own. Others could as well be part of a text.
fn without_comments(page: &str, start: &str, end: &str) -> anyhow::Result<String> {
    let mut kept = String::with_capacity(page.len());
    let mut is_inside = false;
    for line in page.lines() {
        is_inside = is_inside || line.trim().starts_with(start);
        if !is_inside {
            kept.push_str(line);
            kept.push('\n');
        } else if let Some(place) = line.find(end) {
            let rest = line[place..].trim();
            anyhow::ensure!(rest == end, "behind a comment there is {rest}");
            is_inside = false;
        }
    }
    anyhow::ensure!(!is_inside, "a comment without an end");
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_indents_go_and_everything_else_stays() {
        let page = "<!DOCTYPE html>\n  <!-- One. -->\n  <!--\n    Two\n    lines.\n  -->\n  <style>\n    \
                    /* Three. */\n    a { color: red; } /* Behind. */\n  </style>\n  <script>\n    // Four.\n\n    \
                    var a = 'http://b' + '<!-- c -->'; // Five.\n  </script>\n";
        assert_eq!(
            shorten(page).unwrap(),
            "<!DOCTYPE html>\n<style>\na { color: red; } /* Behind. */\n</style>\n<script>\n\
             var a = 'http://b' + '<!-- c -->'; // Five.\n</script>\n"
        );
    }

    #[test]
    fn a_comment_right_behind_the_tag_goes_too() {
        assert_eq!(
            shorten(
                "<p>\n  <style>/* One\n   two. */\na{}</style>\n<script>// Three.\nb();</script>"
            )
            .unwrap(),
            "<p>\n<style>\na{}</style>\n<script>\nb();</script>\n"
        );
    }

    #[test]
    fn our_own_page_loses_a_tenth_at_least_and_no_element() {
        let page = include_str!("../../../index.html");
        let short = shorten(page).unwrap();
        assert!(short.len() < page.len() * 9 / 10);
        for part in ["<link ", "<meta ", "<div ", "<script", "</"] {
            assert_eq!(
                short.matches(part).count(),
                page.matches(part).count(),
                "{part}"
            );
        }
    }

    #[test]
    fn the_first_stage_has_all_its_bytes() {
        let bytes: Vec<u8> = (0..=255).collect();
        let page = |value: &str| format!("<script>\nwechatLogin.run({value});\n</script>\n");
        let packed = page(&format!("atob('{}')", BASE64_STANDARD.encode(&bytes)));
        let unpacked = unpack_first_stage(&packed).unwrap();
        assert_eq!(shorten(&unpacked).unwrap(), unpacked);
        let read = first_stage(&unpacked).unwrap().unwrap();
        assert_eq!(read, bytes);
        assert!(unpacked.matches('<').count() == 2);
        assert!(unpack_first_stage("wechatLogin.run(atob('AA").is_err());
    }

    #[test]
    fn what_could_change_its_meaning_is_refused() {
        for page in [
            "<script>\nvar a = `\n  b`;\n</script>",
            "<pre>\n  a\n</pre>",
            "<!-- a --> <p>b</p>",
            "<!-- no end",
        ] {
            assert!(shorten(page).is_err(), "{page}");
        }
    }
}
