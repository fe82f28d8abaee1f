//! The figures in Markdown.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use bench::report::{self, Column, Figures, Samples, provenance, sections, versions};

use crate::aims;
use crate::pages::{Pages, Variant};
use crate::phones::{PACKETS, PHONES, Phone, SLOW, WEBKIT};
use crate::traffic::{Kind, Request};

/// Times, in milliseconds.
pub(crate) const AUTHORIZE: &str = "tap → authorize redirect";
pub(crate) const LOGIN: &str = "tap → profile, first login";
pub(crate) const RETURN: &str = "tap → profile, returning";
pub(crate) const TIMES: [&str; 3] = [AUTHORIZE, LOGIN, RETURN];
/// Bytes of a page by their kind, and altogether.
const KINDS: [(&str, Kind); 4] = [
    ("document", Kind::Document),
    ("script", Kind::Script),
    ("WASM", Kind::Wasm),
    ("style", Kind::Style),
];
pub(crate) const PAGE: &str = "page in all";
/// Of these and of the proxy's first answer, what has to be there before a page knows that it has to leave.
pub(crate) const DECISION: &str = "before the decision";
/// Bytes from the proxy; from everybody but WeChat; likewise when the user returns.
pub(crate) const API: &str = "API, whole login";
pub(crate) const WHOLE_LOGIN: &str = "whole login";
pub(crate) const WHOLE_RETURN: &str = "returning";
/// Memory.
pub(crate) const PRIVATE: &str = "private memory of its process";
pub(crate) const JS_HEAP: &str = "of these JavaScript objects";
/// Requests of a first login, which loads the page twice, and of a return.
pub(crate) const BOOTSTRAPS: &str = "GET bootstrap";
pub(crate) const MODULES: &str = "GET module";
pub(crate) const SCRIPTS: &str = "GET script";
pub(crate) const MODULES_AGAIN: &str = "GET module, returning";
pub(crate) const SCRIPTS_AGAIN: &str = "GET script, returning";

pub(crate) type PageSamples = Samples<(Variant, Phone)>;

/// Where, when and with what was measured; `packages` is a package.json, `before` a commit.
///
/// # Errors
/// When `packages` cannot be read or lacks one.
pub(crate) fn setting(
    browsers: &str,
    packages: &Path,
    before: &str,
    runs: u32,
) -> anyhow::Result<String> {
    let versions = versions(packages)?;
    Ok(format!(
        "{}; {browsers}, {versions}; this app before: commit {before}; {runs} runs of each page, in turn.",
        provenance()
    ))
}

/// Everything between the marks. Pages are no larger and no smaller on a slow phone than on a fast one. `stage` is what
/// the first stage weighs, its module alone and with its script.
pub(crate) fn text(samples: &PageSamples, stage: Option<(f64, f64)>, setting: &str) -> String {
    let table = |phone: Phone, columns: &[Column]| {
        let pages = phone
            .variants
            .iter()
            .map(|it| (it.label.to_owned(), (*it, phone)));
        samples.table(pages, columns)
    };
    let times = TIMES.map(|it| [Column::Spread(it), Column::Times(it)]);
    let bytes = KINDS.map(|(name, _)| name);
    let bytes = [
        &bytes[..],
        &[PAGE, DECISION, API, WHOLE_LOGIN, WHOLE_RETURN],
    ]
    .concat();
    let bytes: Vec<Column> = bytes.iter().map(|it| Column::Median(it, 1.0, 0)).collect();
    let memory = [PRIVATE, JS_HEAP].map(|it| Column::Median(it, 1e6, 1));
    let requests = [BOOTSTRAPS, MODULES, SCRIPTS, MODULES_AGAIN, SCRIPTS_AGAIN];
    let requests = requests.map(Column::Spread);
    let mut parts = vec![("Aims".to_owned(), report::aims(&aims::all(samples, stage)))];
    parts.extend(PHONES.map(|phone| {
        let heading = format!(
            "Times, {}: median (least to most) in milliseconds",
            phone.label
        );
        (heading, table(phone, times.as_flattened()))
    }));
    parts.extend([PACKETS, WEBKIT].map(|phone| {
        let heading = format!(
            "Requests of a first login, which loads the page twice, and of a return, {}: median (least to most)",
            phone.label
        );
        (heading, table(phone, &requests))
    }));
    parts.push((
        "Bytes on the wire, brotli, headers included".to_owned(),
        table(SLOW, &bytes),
    ));
    parts.push((
        "Memory of the page once the returning user sees the profile, megabytes".to_owned(),
        table(SLOW, &memory),
    ));
    sections(setting, parts)
}

/// What a page weighs whose first load asked for this, each file once and whole: of what is under way when the page
/// leaves, DevTools tell a part.
///
/// # Errors
/// When the page does not have what it asked for.
pub(crate) async fn weights(
    pages: &Pages,
    variant: Variant,
    requests: &[Request],
) -> anyhow::Result<Figures> {
    let asked: BTreeMap<&str, Kind> = requests
        .iter()
        .map(|it| (it.what.as_str(), it.kind))
        .collect();
    let mut figures = Figures::from(KINDS.map(|(name, _)| (name, 0.0)));
    for (what, kind) in asked {
        if let Some((name, _)) = KINDS.into_iter().find(|(_, it)| *it == kind) {
            let path = what.strip_prefix("GET ").with_context(|| what.to_owned())?;
            *figures.entry(name).or_default() += pages.weight(variant, path).await?;
        }
    }
    let page = figures.values().sum();
    let needed = match pages.decides_early(variant)? {
        true => pages.weight(variant, "/").await?,
        false => page,
    };
    let bootstrap = pages.weight(variant, "/api/bootstrap").await?;
    figures.extend([(PAGE, page), (DECISION, needed + bootstrap)]);
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::VARIANTS;

    /// Pages whose times are `100 * (position in the tables + 1)`, ten times as much for the login.
    fn samples() -> PageSamples {
        let mut samples = Samples(Vec::new());
        for (position, variant) in VARIANTS.into_iter().enumerate() {
            let time = 100.0 * (position + 1) as f64;
            let figures = [
                (AUTHORIZE, 5.0 * time),
                (LOGIN, 10.0 * time),
                (RETURN, time),
                (KINDS[0].0, 1_000.0),
                (KINDS[2].0, 9_000.0),
                (MODULES, 1.0),
                (SCRIPTS, 1.0),
                (PRIVATE, 20_000_000.0),
            ];
            for phone in PHONES {
                samples.0.push(((variant, phone), Figures::from(figures)));
            }
        }
        samples
    }

    #[test]
    fn a_page_has_its_figures_and_how_they_compare() {
        let text = text(&samples(), None, "today");
        assert!(text.starts_with("today\n\n### Aims"), "{text}");
        let row = |part: &str, begin: &str| {
            let (_, part) = text.split_once(part).unwrap();
            let line = part.lines().find(|line| line.starts_with(begin)).unwrap();
            let cells = line.split('|').map(|cell| cell.trim().to_owned());
            cells.collect::<Vec<String>>()
        };
        let app = row("### Times, slow phone:", "| this app ");
        assert_eq!(app[4..6], ["2,000 (2,000 to 2,000)", "× 2.00"]);
        let webkit = row("### Times, WebKit", "| this app ");
        assert_eq!(webkit[4], "2,000 (2,000 to 2,000)");
        let requests = row("### Requests of a first login", "| this app ");
        assert_eq!(requests[3], "1 (1 to 1)");
        assert_eq!(
            row("### Bytes", "| this app ")[2..5],
            ["1,000", "", "9,000"]
        );
        assert_eq!(row("### Memory", "| this app ")[2..4], ["20.0", ""]);
    }

    #[test]
    fn the_versions_are_those_of_the_committed_packages() {
        let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("page/package.json");
        let setting = setting("Chrome 1.2, WebKitGTK 2", &packages, "0123456", 9).unwrap();
        assert!(
            setting.contains("; Chrome 1.2, WebKitGTK 2, @vitejs"),
            "{setting}"
        );
        assert!(
            setting.contains("before: commit 0123456; 9 runs"),
            "{setting}"
        );
        // Exact ones: a range would be measured one way today and another way tomorrow.
        assert!(!setting.contains(['^', '~', '*']), "{setting}");
    }
}
