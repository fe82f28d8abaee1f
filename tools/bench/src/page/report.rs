//! The figures in Markdown.

use std::path::Path;

use bench::report::{self, Column, provenance, sections, versions};

use crate::aims;
use crate::figures::{
    API, BOOTSTRAPS, DECISION, JS_HEAP, KINDS, MODULES, MODULES_AGAIN, PAGE, PRIVATE, PageSamples,
    SCRIPTS, SCRIPTS_AGAIN, TIMES, WHOLE_LOGIN, WHOLE_RETURN,
};
use crate::phones::{PACKETS, PHONES, Phone, SLOW, WEBKIT};

/// Where, when and with what was measured; `packages` is a package.json, `before` a commit.
pub(crate) fn setting(
    browsers: &str,
    packages: &Path,
    before: &str,
    runs: u32,
) -> anyhow::Result<String> {
    let versions = versions(packages)?;
    Ok(format!(
        "{}; `{browsers}, {versions}`; this app before: commit `{before}`; {runs} runs of each page, in turn.",
        provenance()
    ))
}

/// All that is written. Pages are no larger and no smaller on a slow phone than on a fast one. `stage` is what
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

#[cfg(test)]
mod tests {
    use bench::report::{Figures, Samples};

    use super::*;
    use crate::figures::{AUTHORIZE, LOGIN, RETURN};
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
            setting.contains("; `Chrome 1.2, WebKitGTK 2, @vitejs"),
            "{setting}"
        );
        assert!(
            setting.contains("before: commit `0123456`; 9 runs"),
            "{setting}"
        );
        // Exact ones: a range would be measured one way today and another way tomorrow.
        assert!(!setting.contains(['^', '~', '*']), "{setting}");
    }
}
