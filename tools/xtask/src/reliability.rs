//! The places for figures in `docs/reliability.md`.

use anyhow::Context;

use crate::workspace;

const DOCUMENT: &str = "docs/reliability.md";

/// Writes what is between the two lines of this name.
///
/// # Errors
/// When the document has no such place.
pub(crate) fn write(name: &str, text: &str) -> anyhow::Result<()> {
    let path = workspace::root().join(DOCUMENT);
    let document = std::fs::read_to_string(&path).with_context(|| format!("no {DOCUMENT}"))?;
    std::fs::write(path, replaced(&document, name, text)?)?;
    Ok(())
}

fn replaced(document: &str, name: &str, text: &str) -> anyhow::Result<String> {
    let (begin, end) = (
        format!("<!-- {name}:begin -->"),
        format!("<!-- {name}:end -->"),
    );
    let missing = || format!("{DOCUMENT} has no {begin} and {end}");
    let (before, rest) = document.split_once(&begin).with_context(missing)?;
    let (_, after) = rest.split_once(&end).with_context(missing)?;
    let text = text.trim_end();
    Ok(format!("{before}{begin}\n\n{text}\n\n{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_place_of_that_name_is_written() {
        let document =
            "a\n<!-- x:begin -->\nold\n<!-- x:end -->\nb <!-- y:begin --><!-- y:end -->\n";
        let written = replaced(document, "x", "new\n").unwrap();
        let expected =
            "a\n<!-- x:begin -->\n\nnew\n\n<!-- x:end -->\nb <!-- y:begin --><!-- y:end -->\n";
        assert_eq!(written, expected);
        assert!(replaced(document, "z", "new").is_err());
    }
}
