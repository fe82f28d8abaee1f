//! What the system says about this process. Zero where it says nothing, as on macOS.

/// Bytes of memory in use.
pub(super) fn resident_memory() -> i64 {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else {
        return 0;
    };
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok());
    kibibytes.map_or(0, |kibibytes: i64| kibibytes.saturating_mul(1024))
}

/// Open files, connections included.
pub(super) fn open_files() -> i64 {
    std::fs::read_dir("/proc/self/fd")
        .map_or(0, |files| i64::try_from(files.count()).unwrap_or(i64::MAX))
}
