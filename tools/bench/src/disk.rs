//! Whether the disk can hold what is going to be written.

use std::path::Path;

use anyhow::Context;

/// What stays free for everybody else, in bytes.
const RESERVE: u64 = 1_000_000_000;

/// Refuses a folder with too little room, and one that is no disk at all.
///
/// # Errors
/// What is wrong with the folder and what to do about it.
pub fn check(folder: &Path, needed: u64) -> anyhow::Result<()> {
    let cannot_look = || format!("cannot look at {}", folder.display());
    #[cfg(target_os = "linux")]
    {
        use nix::sys::statfs::{TMPFS_MAGIC, statfs};
        let system = statfs(folder).with_context(cannot_look)?;
        anyhow::ensure!(
            system.filesystem_type() != TMPFS_MAGIC,
            "{} is in memory, where writing costs nothing; set TMPDIR to a folder on a disk",
            folder.display()
        );
    }
    let system = nix::sys::statvfs::statvfs(folder).with_context(cannot_look)?;
    // Systems count in numbers of different width.
    let free = u128::from(system.fragment_size()) * u128::from(system.blocks_available());
    anyhow::ensure!(
        free >= u128::from(needed + RESERVE),
        "{} has {:.1} GB free, {} are needed; set TMPDIR to a folder on a larger disk, or choose smaller --sizes",
        folder.display(),
        free as f64 / 1e9,
        gigabytes(needed + RESERVE)
    );
    Ok(())
}

/// As in `4.7 GB`, rounded up.
pub fn gigabytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000_000);
    format!("{}.{} GB", tenths / 10, tenths % 10)
}
