//! Figures as documents tell them: medians, tables, and where, when and of what they are.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Context;

/// Figures of one measurement by their names.
pub type Figures = BTreeMap<&'static str, f64>;

/// Measurements of several things, each measured again and again.
#[derive(Debug)]
pub struct Samples<Thing>(pub Vec<(Thing, Figures)>);

impl<Thing: PartialEq> Samples<Thing> {
    /// Whether there is one of it.
    pub fn has(&self, thing: &Thing) -> bool {
        self.0.iter().any(|(it, _)| it == thing)
    }

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
}

/// How long one operation takes, out of many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latency {
    /// Half of them are not longer.
    pub median: Duration,
    /// 99 of 100 are not longer.
    pub p99: Duration,
}

impl Latency {
    /// Both in milliseconds.
    pub fn millis(self) -> (f64, f64) {
        let of = |duration: Duration| duration.as_secs_f64() * 1_000.0;
        (of(self.median), of(self.p99))
    }

    /// Of no durations at all: nothing.
    pub fn of(mut durations: Vec<Duration>) -> Option<Self> {
        durations.sort_unstable();
        // The nearest rank: a duration that was really measured.
        let of_hundred = |share: usize| {
            let rank = (durations.len() * share).div_ceil(100);
            durations.get(rank.checked_sub(1)?).copied()
        };
        Some(Self {
            median: of_hundred(50)?,
            p99: of_hundred(99)?,
        })
    }
}

/// What we want to be, or what must hold, in words with the limit; what was measured, as in `× 5.3`; whether it is met.
pub type Aim = (String, String, bool);

/// Exact versions of packages, as a package.json has them: `express 5.3.0, …`.
///
/// # Errors
/// When it is none.
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

/// Aims as a table.
pub fn aims(heading: &str, aims: &[Aim]) -> String {
    let mut rows = vec![cells([heading, "measured", "met"])];
    rows.extend(aims.iter().map(|(what, measured, is_met)| {
        let met = if *is_met { "yes" } else { "**no**" };
        cells([what, measured, met])
    }));
    table(&rows)
}

/// A table in Markdown whose columns stand below each other. The first row is its head; every row has as many cells.
pub fn table(rows: &[Vec<String>]) -> String {
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

/// A row of these cells.
pub fn cells<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

/// As in `10,000`.
pub fn grouped(number: f64) -> String {
    // Not as in `-0`.
    let digits = format!("{:.0}", number + 0.0);
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Puts `text` between the lines `<!-- mark:begin -->` and `<!-- mark:end -->` of a document.
///
/// # Errors
/// When the lines are not there, or the document cannot be changed.
pub fn publish(document: &Path, mark: &str, text: &str) -> anyhow::Result<()> {
    let at = || document.display().to_string();
    let old = std::fs::read_to_string(document).with_context(at)?;
    std::fs::write(document, replaced(&old, mark, text)?).with_context(at)
}

fn replaced(document: &str, mark: &str, text: &str) -> anyhow::Result<String> {
    let (begin, end) = (
        format!("<!-- {mark}:begin -->\n"),
        format!("<!-- {mark}:end -->"),
    );
    let parts = document.split_once(&begin).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(&end)?;
        Some((before, after))
    });
    let (before, after) = parts.with_context(|| format!("no lines {begin} and {end}"))?;
    Ok(format!(
        "{before}{begin}\n{}\n\n{end}{after}",
        text.trim_end()
    ))
}

/// As in `2026-11-22, commit 0123456; AMD EPYC, 2 cores, 25 GB of memory`.
pub fn provenance() -> String {
    let said = |program, arguments: &[&str]| said_by(program, arguments).unwrap_or_default();
    let changes = match said("git", &["status", "--porcelain", "--untracked-files=no"]) {
        nothing if nothing.is_empty() => "",
        _ => " with changes",
    };
    format!(
        "{}, commit {}{changes}; {}",
        said("date", &["-u", "+%Y-%m-%d"]),
        said("git", &["rev-parse", "--short", "HEAD"]),
        machine()
    )
}

/// As in `AMD EPYC, 2 cores, 25 GB of memory`; where the system does not tell (it does on Linux), only the cores.
pub fn machine() -> String {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let name = name.map_or_else(String::new, |it| {
        format!("{}, ", it.trim_matches([' ', '\t', ':']))
    });
    // All cores of the machine, whichever this process may use.
    let cores = cpus
        .lines()
        .filter(|line| line.starts_with("processor"))
        .count();
    let usable = || std::thread::available_parallelism().map_or(1, usize::from);
    let cores = if cores == 0 { usable() } else { cores };
    let memory = memory().map_or_else(String::new, |bytes| {
        format!(", {} GB of memory", bytes / 1_000_000_000)
    });
    format!("{name}{cores} cores{memory}")
}

/// Bytes of memory, where the system tells.
pub fn memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1_024)
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
    fn of_a_hundred_the_fiftieth_and_the_ninety_ninth_are_told() {
        let latency = Latency::of((1..=100).rev().map(Duration::from_millis).collect()).unwrap();
        assert_eq!(latency.median, Duration::from_millis(50));
        assert_eq!(latency.p99, Duration::from_millis(99));
        assert_eq!(Latency::of(Vec::new()), None);
    }

    #[test]
    fn columns_stand_below_each_other_and_thousands_apart() {
        let rows = [cells(["a", "figure"]), cells(["bb", "1"])];
        let expected = "| a   | figure |\n| --- |   ---: |\n| bb  |      1 |";
        assert_eq!(table(&rows), expected);
        let numbers = [0.0, 999.0, 1_000.0, 12_345_678.0].map(grouped);
        assert_eq!(numbers, ["0", "999", "1,000", "12,345,678"]);
    }

    #[test]
    fn only_what_is_between_the_lines_is_replaced() {
        let document = "a\n<!-- x:begin -->\nold\n<!-- x:end -->\nb\n";
        let new = replaced(document, "x", "new\n").unwrap();
        assert_eq!(new, "a\n<!-- x:begin -->\n\nnew\n\n<!-- x:end -->\nb\n");
        assert_eq!(replaced(&new, "x", "new").unwrap(), new);
        assert!(replaced(document, "y", "new").is_err());
    }
}
