//! Whether the oldest browser engines can run the built app: its instruction set, and the syntax and globals of its
//! scripts (`tools/shipped-app/`).

use std::path::Path;

use anyhow::Context;

use crate::packages::{NODE, Package};
use crate::processes;
use crate::tally::{self, Tally};
use crate::workspace;

/// The parser of the check on the scripts.
const ACORN: Package = Package {
    name: "acorn",
    language: &NODE,
    folder: "tools/shipped-app/syntax",
};

/// The steps of `make test`: they fail when the app in this folder needs instructions, syntax or globals that the oldest
/// engines do not have, or when the check on the scripts does not see such things.
pub(crate) fn steps(tally: &mut Tally, app: &Path) {
    tally.step("instruction set of the app", "", |_| {
        let mut check = workspace::locked_cargo("run");
        check.args(["--quiet", "--package", "shipped-app", "--", "check"]);
        processes::run(check.arg(app))?;
        Ok("Chrome 74, iOS 14.5 and newer".to_owned())
    });
    tally.step("scripts of the app (acorn)", "", |counts| {
        let packages = ACORN.install()?.join("node_modules");
        let node = |script: &str| {
            let mut command = workspace::command("node");
            command
                .arg(format!("{}/{script}", ACORN.folder))
                .env("NODE_PATH", &packages);
            command
        };
        let claims = tally::tests(&mut node("claims.js"), counts)?;
        processes::run(node("check.js").arg(app)).context("an old engine takes no such script")?;
        Ok(claims)
    });
}

#[cfg(test)]
mod tests {
    use crate::workspace;

    /// What Chrome 74 or iOS 14.5 lacks and would be missed, the last ones in scripts. What is only nicer (`accent-color`,
    /// an outline by `:focus-visible`) may be used.
    const NEWER: &str = ":has( :is( :where( :dir( inset: aspect-ratio clamp( min( max( dvh svh lvh @layer @container @scope
        color-mix( oklch( -inline: -block: &: text-wrap ?. ?? requestSubmit( replaceChildren( replaceAll( .at(";

    /// In a rule without the second the first would not do in Chrome 74, which knows no gap but a grid's.
    const ALONE: [(&str, &str); 2] = [
        ("gap:", "display: grid"),
        ("overflow-wrap: anywhere", "word-break: break-word"),
    ];

    fn complaints(text: &str) -> Vec<&'static str> {
        let text = &text.replace("minmax(", "");
        let newer = NEWER.split_whitespace().filter(|word| text.contains(word));
        let rules = text.split(['{', '}']);
        let alone = rules.flat_map(|rule| {
            let lacks = |(word, with): &(&str, &str)| rule.contains(word) && !rule.contains(with);
            ALONE.into_iter().filter(lacks).map(|(word, _)| word)
        });
        newer.chain(alone).collect()
    }

    #[test]
    fn no_style_sheet_and_no_page_of_the_simulator_needs_a_newer_engine() {
        let files = workspace::files_like(&["*.css", "simulator/src/pages"]);
        assert!(files.len() > 20, "{files:?}");
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            assert_eq!(complaints(&text), [""; 0], "{}", file.display());
        }
    }

    #[test]
    fn a_gap_is_a_grids_and_what_is_too_new_is_seen() {
        let good =
            "a { display: grid; gap: 1px; } b { overflow-wrap: anywhere; word-break: break-word; }";
        assert_eq!(complaints(good), [""; 0]);
        let bad = "a:has(b) { display: flex; gap: 1px; } c { overflow-wrap: anywhere; }";
        assert_eq!(
            complaints(bad),
            [":has(", "gap:", "overflow-wrap: anywhere"]
        );
    }
}
