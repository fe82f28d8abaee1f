//! What a process has at one moment, as Linux tells in `/proc`.

use anyhow::Context;

/// What is counted.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Census {
    /// Memory in use (RSS), in KiB.
    pub(crate) memory: u64,
    /// Open files, connections included.
    pub(crate) files: u64,
    /// Of these, sockets.
    pub(crate) connections: u64,
}

/// Counts.
///
/// # Errors
/// When there is no such process, or no Linux.
pub(crate) fn of(process: i32) -> anyhow::Result<Census> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))
        .context("this measurement needs Linux's /proc")?;
    let mut census = Census {
        memory: memory(&status).context("the process has no memory")?,
        ..Census::default()
    };
    for file in std::fs::read_dir(format!("/proc/{process}/fd"))? {
        census.files += 1;
        // It may be closed by now.
        let target = std::fs::read_link(file?.path()).unwrap_or_default();
        if target.to_string_lossy().starts_with("socket:") {
            census.connections += 1;
        }
    }
    Ok(census)
}

fn memory(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_more_is_seen() {
        let here = i32::try_from(std::process::id()).unwrap();
        let before = of(here).unwrap();
        let sockets: Vec<_> = (0..40)
            .map(|_| std::net::TcpListener::bind("127.0.0.1:0").unwrap())
            .collect();
        let with = of(here).unwrap();
        // Other tests run meanwhile.
        assert!(with.connections >= before.connections + 30 && with.files >= before.files + 30);
        assert!(with.memory > 0);
        drop(sockets);
    }
}
