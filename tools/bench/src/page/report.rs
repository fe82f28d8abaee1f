//! The figures in Markdown.

use bench::report::table::{aligned, grouped, row as cells};

use crate::aims;
use crate::phone::Phone;
use crate::setting::Setting;
use crate::summary::{Measured, Summary};
use crate::variant::Variant;

type Figure = fn(&Measured) -> f64;

/// The times of the tables, and what each is.
pub(crate) const TIMES: [(&str, Figure); 3] = [
    ("tap → authorize redirect", |it| it.cold_authorize),
    ("tap → profile, first login", |it| it.cold_profile),
    ("tap → profile, returning", |it| it.return_profile),
];

/// Everything between the marks.
pub(crate) fn text(summary: &Summary, setting: &Setting) -> String {
    let Setting {
        runs,
        provenance,
        versions,
    } = setting;
    let mut parts = vec![format!(
        "{provenance}; {versions}; {runs} runs of each page, in turn."
    )];
    let aims = aims_table(summary);
    if !aims.is_empty() {
        parts.push(format!("### Aims (slow phone)\n\n{}", aims.join("\n")));
    }
    for phone in Phone::ALL {
        parts.push(format!(
            "### Times, {}: median (least to most) in milliseconds, × plain JavaScript\n\n{}",
            phone.label(),
            times_table(summary, phone).join("\n")
        ));
    }
    parts.push(format!(
        "### Bytes on the wire, brotli, headers included\n\n{}",
        bytes_table(summary).join("\n")
    ));
    parts.push(format!(
        "### Memory of the page once the returning user sees the profile, megabytes\n\n{}",
        memory_table(summary).join("\n")
    ));
    parts.join("\n\n")
}

fn aims_table(summary: &Summary) -> Vec<String> {
    let aims = aims::all(summary);
    if aims.is_empty() {
        return Vec::new();
    }
    let mut rows = vec![
        cells(["aim", "measured", "met"]),
        cells(["---", "---:", "---"]),
    ];
    rows.extend(aims.iter().map(|aim| {
        let met = if aim.is_met() { "yes" } else { "**no**" };
        vec![
            aim.what.to_owned(),
            format!("× {:.2}", aim.ratio),
            met.to_owned(),
        ]
    }));
    aligned(&rows)
}

fn times_table(summary: &Summary, phone: Phone) -> Vec<String> {
    let mut head = vec![String::new()];
    let mut rule = vec!["---".to_owned()];
    for (name, _) in TIMES {
        head.extend([name.to_owned(), String::new()]);
        rule.extend(["---:".to_owned(), "---:".to_owned()]);
    }
    let mut rows = vec![head, rule];
    for variant in summary.variants() {
        let mut row = vec![variant.label().to_owned()];
        for (_, figure) in TIMES {
            let Some(spread) = summary.spread(variant, phone, figure) else {
                continue;
            };
            row.push(format!(
                "{:.0} ({:.0} to {:.0})",
                spread.median, spread.least, spread.most
            ));
            row.push(
                summary
                    .median(Variant::Floor, phone, figure)
                    .map_or_else(String::new, |floor| {
                        format!("× {:.2}", spread.median / floor)
                    }),
            );
        }
        rows.push(row);
    }
    aligned(&rows)
}

fn bytes_table(summary: &Summary) -> Vec<String> {
    let columns: [(&str, Figure); 8] = [
        ("document", |it| it.download[0]),
        ("script", |it| it.download[1]),
        ("WASM", |it| it.download[2]),
        ("style", |it| it.download[3]),
        ("page in all", Measured::page),
        ("API, whole login", |it| it.api),
        ("whole login", |it| it.whole_login),
        ("returning", |it| it.whole_return),
    ];
    figures_table(summary, &columns, |bytes| grouped(bytes.round() as usize))
}

fn memory_table(summary: &Summary) -> Vec<String> {
    let columns: [(&str, Figure); 2] = [
        ("private memory of its process", |it| it.private_memory),
        ("of these JavaScript objects", |it| it.js_heap),
    ];
    figures_table(summary, &columns, |bytes| format!("{:.1}", bytes / 1e6))
}

/// Medians of the slow phone, whose pages are no larger and no smaller than those of a fast one.
fn figures_table(
    summary: &Summary,
    columns: &[(&str, Figure)],
    format: fn(f64) -> String,
) -> Vec<String> {
    let mut head = vec![String::new()];
    head.extend(columns.iter().map(|(name, _)| (*name).to_owned()));
    let mut rule = vec!["---".to_owned()];
    rule.extend(columns.iter().map(|_| "---:".to_owned()));
    let mut rows = vec![head, rule];
    for variant in summary.variants() {
        let mut row = vec![variant.label().to_owned()];
        row.extend(columns.iter().map(|(_, figure)| {
            summary
                .median(variant, Phone::Slow, figure)
                .map_or_else(String::new, format)
        }));
        rows.push(row);
    }
    aligned(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::tests::summary;

    fn setting() -> Setting {
        Setting {
            runs: 9,
            provenance: "2026-11-22, commit abc; 2 cores".to_owned(),
            versions: "Chrome 1".to_owned(),
        }
    }

    fn row(text: &str, begin: &str) -> Vec<String> {
        let line = text.lines().find(|line| line.starts_with(begin)).unwrap();
        line.split('|').map(|cell| cell.trim().to_owned()).collect()
    }

    #[test]
    fn a_page_has_its_times_and_how_they_compare() {
        let text = text(&summary(), &setting());
        assert!(text.starts_with("2026-11-22, commit abc; 2 cores; Chrome 1; 9 runs"));
        let app = row(&text, "| this app");
        assert_eq!(
            app[2..8],
            [
                "1000 (1000 to 1000)",
                "× 2.00",
                "2000 (2000 to 2000)",
                "× 2.00",
                "200 (200 to 200)",
                "× 2.00"
            ]
        );
        assert_eq!(
            row(&text, "| returning user ahead of Vue")[2..4],
            ["× 0.67", "yes"]
        );
    }

    #[test]
    fn bytes_and_memory_are_told() {
        let text = text(&summary(), &setting());
        let (_, bytes) = text.split_once("### Bytes").unwrap();
        let vue = row(bytes, "| Vue ");
        assert_eq!(
            vue[2..10],
            [
                "1,000", "2,000", "3,000", "4,000", "10,000", "1,500", "12,345", "900"
            ]
        );
        let (_, memory) = text.split_once("### Memory").unwrap();
        assert_eq!(row(memory, "| Vue ")[2..4], ["20.0", "1.0"]);
    }
}
