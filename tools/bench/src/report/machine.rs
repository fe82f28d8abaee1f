//! What this machine has, as far as figures depend on it.

/// As in `2 cores, 23 GB of memory`.
pub fn description() -> String {
    let cores = cores();
    match memory() {
        Some(bytes) => format!("{cores} cores, {} GB of memory", bytes / 1_000_000_000),
        None => format!("{cores} cores"),
    }
}

/// All cores of the machine, whichever this process may use.
fn cores() -> usize {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let count = text
        .lines()
        .filter(|line| line.starts_with("processor"))
        .count();
    // Not Linux.
    let usable = || std::thread::available_parallelism().map_or(1, usize::from);
    if count == 0 { usable() } else { count }
}

/// Bytes of memory, where the system tells (Linux).
pub fn memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1_024)
}
