//! How much room the database's folder has.

use std::path::Path;

use nix::sys::statvfs::{FsFlags, statvfs};

use super::report::{Finding, Subject};

const CHECK: Subject = Subject("disk");

/// In bytes: a record has at most 16 KiB, and what is written is first written to the `-wal` beside the database, which a
/// long backup lets grow.
const SCANTY: u64 = 512 << 20;
const FULL: u64 = 16 << 20;
/// Files: the database needs four, and whoever fills a disk with small ones does not stop there.
const FEW_FILES: u64 = 1000;
const NO_FILES: u64 = 8;

const WHY: &str = "a login that cannot be stored fails, and its code is spent.";

/// What is left where `folder` is, or will be.
pub(super) fn finding(folder: &Path) -> Finding {
    let folder = folder.ancestors().find(|it| it.exists());
    let folder = folder
        .filter(|it| !it.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let shown = folder.display();
    let Ok(found) = statvfs(folder) else {
        return CHECK.skipped(
            format!("The disk of {shown} tells nothing."),
            "look at it by df.",
        );
    };
    if found.flags().contains(FsFlags::ST_RDONLY) {
        return CHECK.error(
            format!("The file system of {shown} is read-only."),
            WHY,
            "mount it for writing; where it was, look at dmesg: a failing disk is made read-only.",
        );
    }
    // Some file systems have no number of files.
    let files = (found.files() > 0).then(|| found.files_available());
    judge(
        &shown.to_string(),
        found
            .blocks_available()
            .saturating_mul(found.fragment_size()),
        files,
    )
}

fn judge(shown: &str, bytes: u64, files: Option<u64>) -> Finding {
    let megabytes = bytes >> 20;
    let left = match files {
        Some(files) => format!("{shown} has {megabytes} MiB and {files} files left."),
        None => format!("{shown} has {megabytes} MiB left."),
    };
    let fewest = files.unwrap_or(u64::MAX);
    let fix =
        "make room: `df -h` and `df -i` say what is full; a core dump or an old log often is.";
    if bytes < FULL || fewest < NO_FILES {
        CHECK.error(left, WHY, fix)
    } else if bytes < SCANTY || fewest < FEW_FILES {
        CHECK.warning(left, WHY, fix)
    } else {
        CHECK.ok(left)
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::Level;
    use super::*;

    #[test]
    fn little_is_a_warning_and_next_to_nothing_an_error() {
        for (bytes, files, level) in [
            (600 << 20, Some(2000), Level::Ok),
            (600 << 20, None, Level::Ok),
            (100 << 20, Some(2000), Level::Warning),
            (600 << 20, Some(100), Level::Warning),
            (1 << 20, None, Level::Error),
            (600 << 20, Some(0), Level::Error),
        ] {
            assert_eq!(judge("/x", bytes, files).level, level, "{bytes} {files:?}");
        }
        assert_eq!(finding(Path::new("/sys/x")).level, Level::Error);
    }
}
