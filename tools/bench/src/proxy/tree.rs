//! What a server costs, all its processes together, as Linux tells in `/proc`.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::Context;
use nix::unistd::{SysconfVar, sysconf};

/// What was used up to now.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    /// Of all cores, in the program and in the kernel for it.
    pub(crate) cpu: Duration,
    /// Bytes of memory; what processes share is counted once (PSS).
    pub(crate) memory: u64,
    /// The most bytes of memory that there ever were (RSS); what processes share is counted for each.
    pub(crate) peak: u64,
}

/// The usage of a process and all that descend from it.
///
/// # Errors
/// When the process has ended.
pub(crate) fn usage(root: i32) -> anyhow::Result<Usage> {
    let mut usage = Usage::default();
    for (process, ticks) in members(root)? {
        usage.cpu += duration(ticks)?;
        // A process that has just ended has no memory.
        let status = std::fs::read_to_string(format!("/proc/{process}/status"));
        usage.peak += bytes(&status.unwrap_or_default(), "VmHWM:");
        let rollup = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup"));
        usage.memory += bytes(&rollup.unwrap_or_default(), "Pss:");
    }
    Ok(usage)
}

/// Only the time: cheap enough for the moments in which the server is timed.
///
/// # Errors
/// When the process has ended.
pub(crate) fn cpu(root: i32) -> anyhow::Result<Duration> {
    let ticks = members(root)?.into_iter().map(|(_, ticks)| ticks).sum();
    duration(ticks)
}

/// The processes with the ticks each has used.
fn members(root: i32) -> anyhow::Result<Vec<(i32, u64)>> {
    let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
    let mut ticks = HashMap::new();
    for entry in std::fs::read_dir("/proc").context("this measurement needs Linux's /proc")? {
        let name = entry?.file_name();
        let Some(process) = name.to_str().and_then(|name| name.parse::<i32>().ok()) else {
            continue;
        };
        // It may have ended since.
        let text = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        if let Some((parent, used)) = parent_and_ticks(&text) {
            children.entry(parent).or_default().push(process);
            ticks.insert(process, used);
        }
    }
    anyhow::ensure!(ticks.contains_key(&root), "the server has ended");
    let mut members = Vec::new();
    let mut open = vec![root];
    while let Some(process) = open.pop() {
        members.push((process, ticks.get(&process).copied().unwrap_or_default()));
        open.extend(children.remove(&process).unwrap_or_default());
    }
    Ok(members)
}

/// From `/proc/<pid>/stat`: `pid (name) state parent …`, where the name may hold spaces and brackets; times are the
/// fields 14 and 15.
fn parent_and_ticks(stat: &str) -> Option<(i32, u64)> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    Some((fields.get(1)?.parse().ok()?, number(14)? + number(15)?))
}

fn duration(ticks: u64) -> anyhow::Result<Duration> {
    let in_a_second = sysconf(SysconfVar::CLK_TCK)?.context("the length of a tick is unknown")?;
    Ok(Duration::from_secs_f64(ticks as f64 / in_a_second as f64))
}

/// From lines such as `VmHWM:     1234 kB`.
fn bytes(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kibibytes.unwrap_or_default() * 1_024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_parent_are_found_behind_any_name() {
        let stat = "12 (a) b) S 7 34 34 0 -1 0 1 2 3 4 50 60 0 0 20 0 1 0";
        assert_eq!(parent_and_ticks(stat), Some((7, 110)));
        assert_eq!(parent_and_ticks("nonsense"), None);
    }

    #[test]
    fn kibibytes_become_bytes() {
        assert_eq!(bytes("Rss: 1 kB\nPss:      3 kB\n", "Pss:"), 3_072);
        assert_eq!(bytes("", "Pss:"), 0);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_a_child_uses_counts_and_a_stranger_is_an_error() {
        let own = std::process::id().cast_signed();
        let mut child = std::process::Command::new("sleep")
            .arg("600")
            .spawn()
            .unwrap();
        let members = members(own).unwrap();
        assert!(
            members
                .iter()
                .any(|(process, _)| *process == child.id().cast_signed())
        );
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(usage(own).unwrap().memory > 100_000);
        assert!(cpu(-1).is_err());
    }
}
