//! What a page occupies once it shows the profile.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use e2e::Browser;
use serde_json::json;

/// Bytes, after the garbage has been collected.
pub(crate) struct Memory {
    /// Of the page's process, what it shares with no other: JavaScript, WebAssembly with its memory, DOM, code.
    /// Nothing where the system does not tell (it does on Linux).
    pub(crate) private: u64,
    /// Of these the objects of JavaScript. The memory of WebAssembly is not among them.
    pub(crate) js_heap: f64,
}

impl Memory {
    /// Of the page in the tab in use.
    ///
    /// # Errors
    /// When DevTools do not tell.
    pub(crate) async fn of(browser: &Browser) -> anyhow::Result<Self> {
        browser
            .devtools("HeapProfiler.collectGarbage", json!({}))
            .await?;
        browser.devtools("Performance.enable", json!({})).await?;
        let answer = browser
            .devtools("Performance.getMetrics", json!({}))
            .await?;
        let metrics = answer["metrics"].as_array().context("no metrics")?;
        let js_heap = metrics
            .iter()
            .find(|metric| metric["name"] == "JSHeapUsedSize")
            .and_then(|metric| metric["value"].as_f64())
            .context("DevTools do not tell the size of the heap")?;
        let private = match browser.process() {
            Some(ancestor) => private_memory(browser, ancestor).await?,
            None => None,
        };
        Ok(Self {
            private: private.unwrap_or(0),
            js_heap,
        })
    }
}

/// Of the process of the page in the tab in use. A browser has other processes for pages, of closed tabs and for tabs
/// to come; this page's is the one that works when the page is told to.
async fn private_memory(browser: &Browser, ancestor: u32) -> anyhow::Result<Option<u64>> {
    let before: Vec<Renderer> = renderers(ancestor).unwrap_or_default();
    browser
        .script("const end = performance.now() + 300; while (performance.now() < end);")
        .await?;
    let after = renderers(ancestor).unwrap_or_default();
    let busiest = before.iter().max_by_key(|one| {
        let later = after.iter().find(|it| it.process == one.process);
        later.map_or(0, |it| it.ticks.saturating_sub(one.ticks))
    });
    Ok(busiest.map(|it| it.private))
}

/// A process for pages.
struct Renderer {
    process: u32,
    /// What it has had of the processor, in the system's units.
    ticks: u64,
    /// Bytes that it shares with no other process.
    private: u64,
}

/// Those among the descendants of `ancestor`.
fn renderers(ancestor: u32) -> Option<Vec<Renderer>> {
    let parents = parents()?;
    let descends = |process: u32| {
        std::iter::successors(Some(process), |it| parents.get(it).copied())
            .take(100)
            .any(|it| it == ancestor)
    };
    let processes = parents.keys().copied().filter(|it| descends(*it));
    Some(processes.filter_map(renderer).collect())
}

/// Of every process its parent.
fn parents() -> Option<BTreeMap<u32, u32>> {
    let processes = std::fs::read_dir("/proc").ok()?.flatten();
    let parents = processes.filter_map(|entry| {
        let process = entry.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        Some((process, parent(&stat)?))
    });
    Some(parents.collect())
}

/// From `pid (name) state parent …`, where the name may hold spaces and brackets.
fn parent(stat: &str) -> Option<u32> {
    field(stat, 4)?.parse().ok()
}

/// Of the process's own and of the system's work for it.
fn ticks(stat: &str) -> Option<u64> {
    Some(field(stat, 14)?.parse::<u64>().ok()? + field(stat, 15)?.parse::<u64>().ok()?)
}

/// By the numbers of the manual page proc(5), from the third one on.
fn field(stat: &str, number: usize) -> Option<&str> {
    let fields = stat.rsplit_once(')')?.1;
    fields.split_whitespace().nth(number.checked_sub(3)?)
}

/// `None` if it is no process for pages, or has gone.
fn renderer(process: u32) -> Option<Renderer> {
    let folder = Path::new("/proc").join(process.to_string());
    let command = std::fs::read(folder.join("cmdline")).ok()?;
    if !String::from_utf8_lossy(&command).contains("--type=renderer") {
        return None;
    }
    let stat = std::fs::read_to_string(folder.join("stat")).ok()?;
    let rollup = std::fs::read_to_string(folder.join("smaps_rollup")).ok()?;
    Some(Renderer {
        process,
        ticks: ticks(&stat)?,
        private: private_bytes(&rollup),
    })
}

fn private_bytes(rollup: &str) -> u64 {
    let kibibytes = rollup.lines().filter_map(|line| {
        let rest = line
            .strip_prefix("Private_Clean:")
            .or_else(|| line.strip_prefix("Private_Dirty:"))?;
        rest.split_whitespace().next()?.parse::<u64>().ok()
    });
    kibibytes.sum::<u64>() * 1_024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_no_other_process_shares_counts() {
        let rollup = "00-ff ---p 0 00:00 0 [rollup]\nRss:   900 kB\nShared_Clean:  500 kB\n\
                      Private_Clean:    40 kB\nPrivate_Dirty:   2 kB\nPrivate_Hugetlb: 7 kB\n";
        assert_eq!(private_bytes(rollup), 42 * 1_024);
    }

    #[test]
    fn a_process_is_read_behind_any_name() {
        let stat = "12 (a) b) S 34 12 12 0 -1 4194304 5 6 7 8 70 9 0 0 20 0";
        assert_eq!((parent(stat), ticks(stat)), (Some(34), Some(79)));
        assert_eq!((parent("nonsense"), ticks("1 (a) S 2")), (None, None));
    }
}
