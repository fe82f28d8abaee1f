//! How many files the system allows this process to have open: each connection is one.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// What the program has open besides connections of clients: databases, calls to WeChat, the log.
const RESERVED: u64 = 128;

/// So many connections of clients are possible: `wanted`, or as many as the system allows.
///
/// Raises the limit that programs may raise themselves; many systems set it to 1024 for the sake of old programs.
pub(crate) fn possible_connections(wanted: usize) -> usize {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else {
        return wanted;
    };
    let needed = u64::try_from(wanted)
        .unwrap_or(u64::MAX)
        .saturating_add(RESERVED);
    let mut allowed = soft;
    if soft < needed {
        let raised = needed.min(hard);
        if setrlimit(Resource::RLIMIT_NOFILE, raised, hard).is_ok() {
            allowed = raised;
        }
    }
    let possible = connections(wanted, allowed);
    if possible < wanted {
        tracing::warn!(
            wanted,
            possible,
            open_files = allowed,
            "the system allows fewer open files than limits.connections needs; raise LimitNOFILE or ulimit -n"
        );
    }
    possible
}

fn connections(wanted: usize, allowed: u64) -> usize {
    let most = usize::try_from(allowed.saturating_sub(RESERVED)).unwrap_or(usize::MAX);
    wanted.min(most).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_everything_else() {
        assert_eq!(connections(8000, 1024), 896);
        assert_eq!(connections(8000, 8128), 8000);
        assert_eq!(connections(8000, 8127), 7999);
        assert_eq!(connections(8000, u64::MAX), 8000);
        assert_eq!(connections(8000, 10), 1, "it still serves");
    }
}
