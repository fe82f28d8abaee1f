//! Whether the disk can hold what is going to be written.

use std::path::Path;

/// Refuses a folder with too little room, and one that is no disk at all.
///
/// # Errors
/// What is wrong with the folder and what to do about it.
pub fn check(folder: &Path, needed: u64) -> anyhow::Result<()> {
    #[cfg(target_os = "linux")]
    anyhow::ensure!(
        nix::sys::statfs::statfs(folder)?.filesystem_type() != nix::sys::statfs::TMPFS_MAGIC,
        "{} is in memory, where writing costs nothing; set TMPDIR to a folder on a disk",
        folder.display()
    );
    let system = nix::sys::statvfs::statvfs(folder)?;
    // Systems count in numbers of different width.
    let free = u128::from(system.fragment_size()) * u128::from(system.blocks_available());
    anyhow::ensure!(
        free >= u128::from(needed),
        "{} has {:.1} GB free, {:.1} are needed; set TMPDIR to a folder on a larger disk",
        folder.display(),
        free as f64 / 1e9,
        needed as f64 / 1e9
    );
    Ok(())
}
