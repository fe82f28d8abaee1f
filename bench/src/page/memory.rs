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
        let private = browser.process().and_then(largest_page).unwrap_or(0);
        Ok(Self { private, js_heap })
    }
}

/// The private memory of the largest process for pages among the descendants of `ancestor`. The others, if there are
/// any, are empty ones that Chromium keeps ready.
fn largest_page(ancestor: u32) -> Option<u64> {
    let parents = parents()?;
    let descends = |process: u32| {
        std::iter::successors(Some(process), |it| parents.get(it).copied())
            .take(100)
            .any(|it| it == ancestor)
    };
    let processes = parents.keys().copied().filter(|it| descends(*it));
    processes.filter_map(private_memory_of_page).max()
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
    let fields = stat.rsplit_once(')')?.1;
    fields.split_whitespace().nth(1)?.parse().ok()
}

fn private_memory_of_page(process: u32) -> Option<u64> {
    let folder = Path::new("/proc").join(process.to_string());
    let command = std::fs::read(folder.join("cmdline")).ok()?;
    let is_for_pages = String::from_utf8_lossy(&command).contains("--type=renderer");
    let rollup = std::fs::read_to_string(folder.join("smaps_rollup")).ok()?;
    is_for_pages.then(|| private_bytes(&rollup))
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
    fn a_parent_is_found_behind_any_name() {
        assert_eq!(parent("12 (a) b) S 34 12 12 0"), Some(34));
        assert_eq!(parent("nonsense"), None);
    }
}
