//! The figures in Markdown, and what we want to be.

use std::path::Path;

use bench::report::{Aim, Column, Figures, Samples, aims, provenance, sections, versions};

use crate::pages::{APP, FLOOR, REACT, VARIANTS, VUE, Variant};
use crate::visit::{PHONES, Phone, SLOW};

/// Times, in milliseconds.
pub(crate) const AUTHORIZE: &str = "tap → authorize redirect";
pub(crate) const LOGIN: &str = "tap → profile, first login";
pub(crate) const RETURN: &str = "tap → profile, returning";
/// Bytes of the first page load by their kind, and altogether.
pub(crate) const DOWNLOAD: [&str; 4] = ["document", "script", "WASM", "style"];
const PAGE: &str = "page in all";
/// Bytes from the proxy; from everybody but WeChat; likewise when the user returns.
pub(crate) const API: &str = "API, whole login";
pub(crate) const WHOLE_LOGIN: &str = "whole login";
pub(crate) const WHOLE_RETURN: &str = "returning";
/// Memory.
pub(crate) const PRIVATE: &str = "private memory of its process";
pub(crate) const JS_HEAP: &str = "of these JavaScript objects";

/// Bytes that the app may weigh.
const WEIGHT: f64 = 80_000.0;
/// To be ahead is to be faster by more than the figures are rounded to.
const AHEAD: f64 = 0.995;
const AIMS: [(&str, &str, Variant, f64); 6] = [
    ("returning user ahead of Vue", RETURN, VUE, AHEAD),
    ("returning user ahead of React", RETURN, REACT, AHEAD),
    ("whole first login at most 1.15 × Vue", LOGIN, VUE, 1.15),
    ("whole first login ahead of React", LOGIN, REACT, AHEAD),
    (
        "whole first login at most 2 × plain JavaScript",
        LOGIN,
        FLOOR,
        2.0,
    ),
    (
        "returning user at most 2 × plain JavaScript",
        RETURN,
        FLOOR,
        2.0,
    ),
];

pub(crate) type PageSamples = Samples<(Variant, Phone)>;

/// Where, when and with what was measured; `packages` is a package.json.
///
/// # Errors
/// When `packages` cannot be read or lacks one.
pub(crate) fn setting(browser: &str, packages: &Path, runs: u32) -> anyhow::Result<String> {
    let browser = browser.replace('/', " ");
    let versions = versions(packages)?;
    Ok(format!(
        "{}; {browser}, {versions}; {runs} runs of each page, in turn.",
        provenance()
    ))
}

/// Everything between the marks. Pages are no larger and no smaller on a slow phone than on a fast one.
pub(crate) fn text(samples: &PageSamples, setting: &str) -> String {
    let table = |phone, columns: &[Column]| {
        let pages = VARIANTS.map(|it| (it.label.to_owned(), (it, phone)));
        samples.table(pages, columns)
    };
    let times = [AUTHORIZE, LOGIN, RETURN].map(|it| [Column::Spread(it), Column::Times(it)]);
    let bytes = [&DOWNLOAD[..], &[PAGE, API, WHOLE_LOGIN, WHOLE_RETURN]].concat();
    let bytes: Vec<Column> = bytes.iter().map(|it| Column::Median(it, 1.0, 0)).collect();
    let memory = [PRIVATE, JS_HEAP].map(|it| Column::Median(it, 1e6, 1));
    let mut parts = vec![("Aims (slow phone)".to_owned(), aims(&all_aims(samples)))];
    parts.extend(PHONES.map(|phone| {
        let heading = format!(
            "Times, {}: median (least to most) in milliseconds",
            phone.label
        );
        (heading, table(phone, times.as_flattened()))
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

/// With what follows from them.
pub(crate) fn complete(mut figures: Figures) -> Figures {
    let page = DOWNLOAD.iter().filter_map(|kind| figures.get(kind)).sum();
    figures.insert(PAGE, page);
    figures
}

/// On the slow phone; without those for which a page was left out.
fn all_aims(samples: &PageSamples) -> Vec<Aim> {
    let of = |variant, figure| samples.median(&(variant, SLOW), figure);
    let aim = |what: &str, ratio: f64, at_most: f64| {
        (what.to_owned(), format!("× {ratio:.2}"), ratio <= at_most)
    };
    let compared = AIMS
        .into_iter()
        .filter_map(|(what, figure, other, at_most)| {
            let ratio = of(APP, figure)? / of(other, figure)?;
            Some(aim(what, ratio, at_most))
        });
    let weight =
        of(APP, PAGE).map(|bytes| aim("80 KB in all, brotli and headers", bytes / WEIGHT, 1.0));
    compared.chain(weight).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pages whose times are `100 * (position in the tables + 1)`, ten times as much for the login.
    fn samples() -> PageSamples {
        let mut samples = Samples(Vec::new());
        for (position, variant) in VARIANTS.into_iter().enumerate() {
            let time = 100.0 * (position + 1) as f64;
            let figures = [
                (AUTHORIZE, 5.0 * time),
                (LOGIN, 10.0 * time),
                (RETURN, time),
                (DOWNLOAD[0], 1_000.0),
                (DOWNLOAD[2], 9_000.0),
                (PRIVATE, 20_000_000.0),
            ];
            for phone in PHONES {
                samples
                    .0
                    .push(((variant, phone), complete(Figures::from(figures))));
            }
        }
        samples
    }

    fn row(text: &str, begin: &str) -> Vec<String> {
        let line = text.lines().find(|line| line.starts_with(begin)).unwrap();
        line.split('|').map(|cell| cell.trim().to_owned()).collect()
    }

    #[test]
    fn a_page_has_its_figures_and_how_they_compare() {
        let text = text(&samples(), "today");
        assert!(text.starts_with("today\n\n### Aims"), "{text}");
        let app = row(&text, "| this app");
        assert_eq!(app[4..6], ["2,000 (2,000 to 2,000)", "× 2.00"]);
        let (_, bytes) = text.split_once("### Bytes").unwrap();
        assert_eq!(
            row(bytes, "| Vue ")[2..7],
            ["1,000", "", "9,000", "", "10,000"]
        );
        let (_, memory) = text.split_once("### Memory").unwrap();
        assert_eq!(row(memory, "| Vue ")[2..4], ["20.0", ""]);
    }

    #[test]
    fn we_are_compared_with_the_page_each_aim_names_and_met_at_the_limit() {
        let text = text(&samples(), "today");
        let aim = |begin: &str| row(&text, begin)[2..4].join(" ");
        assert_eq!(aim("| returning user ahead of Vue"), "× 0.67 yes");
        assert_eq!(aim("| whole first login ahead of React"), "× 0.50 yes");
        assert_eq!(aim("| returning user at most 2 × plain"), "× 2.00 yes");
        assert_eq!(aim("| 80 KB"), "× 0.12 yes");
        assert!(all_aims(&Samples(Vec::new())).is_empty());
    }

    #[test]
    fn the_versions_are_those_of_the_committed_packages() {
        let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("page/package.json");
        let setting = setting("Chrome/1.2", &packages, 9).unwrap();
        assert!(setting.contains("; Chrome 1.2, @vitejs"), "{setting}");
        // Exact ones: a range would be measured one way today and another way tomorrow.
        assert!(!setting.contains(['^', '~', '*']), "{setting}");
    }
}
