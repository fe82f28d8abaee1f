//! Documents that have a place for figures.

use anyhow::Context;

/// Puts `text` between the lines `<!-- begin -->` and `<!-- end -->` of a document.
///
/// # Errors
/// When the lines are not there.
pub fn replace(document: &str, begin: &str, end: &str, text: &str) -> anyhow::Result<String> {
    let begin = format!("<!-- {begin} -->\n");
    let end = format!("<!-- {end} -->");
    let (before, rest) = document
        .split_once(&begin)
        .with_context(|| format!("no line {}", begin.trim_end()))?;
    let (_, after) = rest
        .split_once(&end)
        .with_context(|| format!("no line {end}"))?;
    let text = text.trim_end();
    Ok(format!("{before}{begin}\n{text}\n\n{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_lines_is_replaced() {
        let document = "a\n<!-- x:begin -->\nold\n<!-- x:end -->\nb\n";
        let replaced = replace(document, "x:begin", "x:end", "new\n").unwrap();
        assert_eq!(
            replaced,
            "a\n<!-- x:begin -->\n\nnew\n\n<!-- x:end -->\nb\n"
        );
        let again = replace(&replaced, "x:begin", "x:end", "new").unwrap();
        assert_eq!(again, replaced);
        assert!(replace(document, "y:begin", "y:end", "new").is_err());
    }
}
