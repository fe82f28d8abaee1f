//! What processes cost, as Linux tells in `/proc`; elsewhere there is nothing to read.

use std::collections::BTreeMap;

use anyhow::Context;

/// What is counted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// Ticks of the processor, a hundred in a second, in the program and in the system for it.
    pub ticks: u64,
    /// Bytes of memory; what processes share is counted once (PSS).
    pub memory: u64,
    /// Bytes of memory that no other process shares.
    pub private: u64,
    /// Open files, connections among them.
    pub files: u64,
}

/// A process and all that descend from it, with the ticks of each; cheap enough for moments that are timed.
pub fn family(root: i32) -> anyhow::Result<BTreeMap<i32, u64>> {
    let entries = std::fs::read_dir("/proc").context("this measurement needs Linux's /proc")?;
    // One may have ended since.
    let all = entries.flatten().filter_map(|entry| {
        let process: i32 = entry.file_name().to_str()?.parse().ok()?;
        Some((process, parent_and_ticks(&read(process, "stat"))?))
    });
    let all: Vec<(i32, (i32, u64))> = all.collect();
    let mut family = BTreeMap::new();
    let mut size = 0;
    while family.is_empty() || family.len() > size {
        size = family.len();
        for (process, (parent, ticks)) in &all {
            if *process == root || family.contains_key(parent) {
                family.insert(*process, *ticks);
            }
        }
        anyhow::ensure!(!family.is_empty(), "the process has ended");
    }
    Ok(family)
}

/// Of one process; a process that has just ended uses nothing.
pub fn usage(process: i32) -> Usage {
    let rollup = read(process, "smaps_rollup");
    Usage {
        ticks: parent_and_ticks(&read(process, "stat")).map_or(0, |(_, ticks)| ticks),
        memory: bytes(&rollup, "Pss:"),
        private: bytes(&rollup, "Private_Clean:") + bytes(&rollup, "Private_Dirty:"),
        files: std::fs::read_dir(format!("/proc/{process}/fd")).map_or(0, |it| it.count() as u64),
    }
}

/// Whether its command line says this.
pub fn is_called(process: i32, argument: &str) -> bool {
    read(process, "cmdline").contains(argument)
}

fn read(process: i32, file: &str) -> String {
    let bytes = std::fs::read(format!("/proc/{process}/{file}")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// From `pid (name) state parent …`, where the name may hold spaces and brackets; times are the fields 14 and 15.
fn parent_and_ticks(stat: &str) -> Option<(i32, u64)> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    Some((fields.get(1)?.parse().ok()?, number(14)? + number(15)?))
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
        assert_eq!(bytes("Rss: 1 kB\nPss:      3 kB\n", "Pss:"), 3_072);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_child_belongs_to_the_family_and_a_socket_is_an_open_file() {
        let own = std::process::id().cast_signed();
        let mut child = std::process::Command::new("sleep")
            .arg("600")
            .spawn()
            .unwrap();
        let id = child.id().cast_signed();
        let family = family(own).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(family.contains_key(&own) && family.contains_key(&id));
        assert!(super::family(-1).is_err());
        let usage = usage(own);
        assert!(usage.private > 100_000);
        let sockets = [0; 40].map(|_| std::net::TcpListener::bind("127.0.0.1:0").unwrap());
        // Other tests run meanwhile.
        assert!(super::usage(own).files >= usage.files + 30);
        drop(sockets);
    }
}
