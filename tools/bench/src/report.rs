//! Figures as documents tell them: medians, tables, and where, when and of what they are.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::Context;

/// Figures of one measurement by their names.
pub type Figures = BTreeMap<&'static str, f64>;

/// A column of a table about things that were measured.
#[derive(Debug, Clone, Copy)]
pub enum Column {
    /// A heading and the medians of these figures, in such a unit and with so many decimals.
    Medians(&'static str, &'static [&'static str], f64, usize),
    /// The same of one figure, whose name is the heading.
    Median(&'static str, f64, usize),
    /// The median, the least and the most of a figure, likewise.
    Spread(&'static str),
    /// The median of a figure against that of the table's first thing.
    Times(&'static str),
}

/// Measurements of several things, each measured again and again.
#[derive(Debug)]
pub struct Samples<Thing>(pub Vec<(Thing, Figures)>);

impl<Thing: PartialEq> Samples<Thing> {
    /// Median, least and most of a figure; nothing of what was not measured.
    pub fn spread(&self, thing: &Thing, figure: &str) -> Option<(f64, f64, f64)> {
        let of_it = self.0.iter().filter(|(it, _)| it == thing);
        let mut numbers: Vec<f64> = of_it
            .filter_map(|(_, figures)| figures.get(figure).copied())
            .collect();
        numbers.sort_by(f64::total_cmp);
        let last = numbers.len().checked_sub(1)?;
        let median = f64::midpoint(numbers[last / 2], numbers[last.div_ceil(2)]);
        Some((median, numbers[0], numbers[last]))
    }

    /// The median alone.
    pub fn median(&self, thing: &Thing, figure: &str) -> Option<f64> {
        Some(self.spread(thing, figure)?.0)
    }

    /// A row for each of these things by its name; nothing for those that were not measured.
    pub fn table(
        &self,
        things: impl IntoIterator<Item = (String, Thing)>,
        columns: &[Column],
    ) -> Option<String> {
        let mut things: Vec<(String, Thing)> = things.into_iter().collect();
        things.retain(|(_, thing)| self.0.iter().any(|(it, _)| it == thing));
        let (first_name, first) = things.first()?;
        let median = |thing: &Thing, figure: &str, unit: f64, decimals: usize| {
            Some(grouped(self.median(thing, figure)? / unit, decimals))
        };
        let cell = |thing: &Thing, column: &Column| match *column {
            Column::Median(figure, unit, decimals) => median(thing, figure, unit, decimals),
            Column::Medians(_, figures, unit, decimals) => {
                let medians = figures.iter().map(|it| median(thing, it, unit, decimals));
                Some(medians.collect::<Option<Vec<_>>>()?.join(" / "))
            }
            Column::Spread(figure) => {
                let (median, least, most) = self.spread(thing, figure)?;
                let [median, least, most] = [median, least, most].map(|it| grouped(it, 0));
                Some(format!("{median} ({least} to {most})"))
            }
            Column::Times(figure) => {
                let ratio = self.median(thing, figure)? / self.median(first, figure)?;
                Some(format!("× {ratio:.2}"))
            }
        };
        let mut rows = vec![vec![String::new()]];
        rows[0].extend(columns.iter().map(|column| match column {
            Column::Medians(name, ..) | Column::Median(name, ..) | Column::Spread(name) => {
                (*name).to_owned()
            }
            Column::Times(_) => format!("× {first_name}"),
        }));
        for (name, thing) in &things {
            let mut row = vec![name.clone()];
            row.extend(columns.iter().map(|it| cell(thing, it).unwrap_or_default()));
            rows.push(row);
        }
        Some(table(&rows))
    }
}

/// What we want to be, in words with the limit; what was measured, as in `× 5.3`; whether it is met.
pub type Aim = (String, String, bool);

/// Exact versions of packages, as a package.json has them: `express 5.3.0, …`.
pub fn versions(package_json: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(package_json).context("no package.json")?;
    let manifest: serde_json::Value = serde_json::from_str(&text)?;
    let packages = manifest["dependencies"]
        .as_object()
        .context("no packages")?;
    let versions = packages.iter().map(|(name, version)| {
        let version = version.as_str().unwrap_or_default();
        format!("{name} {version}")
    });
    Ok(versions.collect::<Vec<_>>().join(", "))
}

/// Aims as a table; nothing if there are none.
pub fn aims(aims: &[Aim]) -> Option<String> {
    let mut rows = vec![["aim", "measured", "met"].map(str::to_owned).to_vec()];
    rows.extend(aims.iter().map(|(what, measured, is_met)| {
        let met = if *is_met { "yes" } else { "**no**" };
        vec![what.clone(), measured.clone(), met.to_owned()]
    }));
    (!aims.is_empty()).then(|| table(&rows))
}

/// A document of parts below headings, without those that have nothing to say.
pub fn sections(
    beginning: &str,
    parts: impl IntoIterator<Item = (String, Option<String>)>,
) -> String {
    let parts = parts.into_iter();
    let parts = parts.filter_map(|(heading, part)| Some(format!("\n\n### {heading}\n\n{}", part?)));
    beginning.to_owned() + &parts.collect::<String>()
}

/// A table in Markdown whose columns stand below each other. The first row is its head; every row has as many cells.
fn table(rows: &[Vec<String>]) -> String {
    let Some(head) = rows.first() else {
        return String::new();
    };
    let rule = (0..head.len()).map(|column| if column == 0 { "---" } else { "---:" });
    let mut rows = rows.to_vec();
    rows.insert(1, rule.map(str::to_owned).collect());
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|it| it.chars().count()).max().unwrap_or_default()
    };
    let line = |row: &Vec<String>| {
        let padded = row.iter().enumerate().map(|(column, cell)| {
            let width = width(column);
            if column == 0 {
                format!("{cell:<width$}")
            } else {
                format!("{cell:>width$}")
            }
        });
        format!("| {} |", padded.collect::<Vec<_>>().join(" | "))
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// With so many decimals, as in `10,000.0`.
pub fn grouped(number: f64, decimals: usize) -> String {
    // Not as in `-0`.
    let text = format!("{:.decimals$}", number + 0.0);
    let digits = text.find('.').unwrap_or(text.len());
    let mut grouped = String::new();
    for (position, digit) in text.chars().enumerate() {
        if position > 0 && position < digits && (digits - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Shows what was measured and, if that was all there is, writes it to the file for it.
pub fn publish(report: Option<&Path>, text: &str, is_complete: bool) -> anyhow::Result<()> {
    println!("\n{text}");
    let Some(report) = report.filter(|_| is_complete) else {
        println!(
            "==> nothing is written: that takes all there is, at least as often and as long as usual"
        );
        return Ok(());
    };
    std::fs::write(report, text).with_context(|| report.display().to_string())
}

/// As in ``2026-11-22, commit `0123456`; `AMD EPYC, 2 cores, 25 GB of memory` ``: what changes is code, which needs no
/// translation.
pub fn provenance() -> String {
    let said = |program, arguments: &[&str]| said_by(program, arguments).unwrap_or_default();
    let changes = match said("git", &["status", "--porcelain", "--untracked-files=no"]) {
        nothing if nothing.is_empty() => "",
        _ => " with changes",
    };
    format!(
        "{}, commit `{}`{changes}; `{}`",
        said("date", &["-u", "+%Y-%m-%d"]),
        said("git", &["rev-parse", "--short", "HEAD"]),
        machine()
    )
}

/// As in `AMD EPYC, 2 cores, 25 GB of memory`; where the system does not tell (it does on Linux), nothing.
fn machine() -> String {
    let read = |file| std::fs::read_to_string(file).unwrap_or_default();
    let (cpus, memory) = (read("/proc/cpuinfo"), read("/proc/meminfo"));
    let after = |text: &str, name| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default()
            .trim_matches([' ', '\t', ':'])
            .to_owned()
    };
    // All cores of the machine, whichever this process may use.
    let cores = cpus.lines().filter(|line| line.starts_with("processor"));
    let kibibytes = after(&memory, "MemTotal").replace(" kB", "");
    let gigabytes = kibibytes.parse::<u64>().unwrap_or_default() * 1_024 / 1_000_000_000;
    format!(
        "{}, {} cores, {gigabytes} GB of memory",
        after(&cpus, "model name"),
        cores.count()
    )
}

/// The first line that a program says, on whichever output; `None` if it fails or is silent.
pub fn said_by(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let said = String::from_utf8([output.stdout, output.stderr].concat()).ok()?;
    let line = said.lines().next()?.trim();
    (output.status.success() && !line.is_empty()).then(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_the_one_in_the_middle_or_between_the_two() {
        let of = |number| ("a", Figures::from([("time", number)]));
        let mut samples = Samples([9.0, 1.0, 2.0].map(of).to_vec());
        assert_eq!(samples.spread(&"a", "time"), Some((2.0, 1.0, 9.0)));
        samples.0.push(of(4.0));
        assert_eq!(samples.median(&"a", "time"), Some(3.0));
        assert_eq!(samples.median(&"b", "time"), None);
        assert_eq!(samples.median(&"a", "size"), None);
    }

    #[test]
    fn columns_stand_below_each_other_and_thousands_apart() {
        let of = |thing, number| (thing, Figures::from([("size", number), ("time", 0.5)]));
        let samples = Samples(vec![of(1, 1_000.0), of(2, 2_500.0), of(1, 1_200.0)]);
        let columns = [
            Column::Spread("size"),
            Column::Times("size"),
            Column::Medians("both", &["size", "time"], 0.1, 1),
            Column::Median("weight", 1.0, 0),
        ];
        let things = [("zero", 0), ("one", 1), ("two", 2)];
        let things = things.map(|(name, thing)| (name.to_owned(), thing));
        let expected = "\
            |     |                   size |  × one |           both | weight |\n\
            | --- |                   ---: |   ---: |           ---: |   ---: |\n\
            | one | 1,100 (1,000 to 1,200) | × 1.00 | 11,000.0 / 5.0 |        |\n\
            | two | 2,500 (2,500 to 2,500) | × 2.27 | 25,000.0 / 5.0 |        |";
        assert_eq!(samples.table(things, &columns).unwrap(), expected);
        let numbers = [0.0, 999.0, 1_000.0, 12_345_678.0].map(|it| grouped(it, 0));
        assert_eq!(numbers, ["0", "999", "1,000", "12,345,678"]);
    }
}
