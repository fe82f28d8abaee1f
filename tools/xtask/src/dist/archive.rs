//! The package as one file: the same bytes for the same files, whoever packs them and when.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context;
use flate2::{Compression, GzBuilder};

use crate::workspace;

/// Writes `<folder>.tar.gz` beside the folder. Every file has the time `mtime`, in seconds since 1970.
pub(super) fn write(folder: &Path, mtime: &str) -> anyhow::Result<PathBuf> {
    let places = folder.parent().zip(folder.file_name());
    let (parent, name) = places.context("no folder to pack")?;
    let archive = parent.join(format!("{}.tar.gz", name.display()));
    let mut tar = workspace::command("tar")
        .current_dir(parent)
        .args(["--create", "--format=ustar", "--sort=name"])
        .args(["--owner=0", "--group=0", "--numeric-owner"])
        // What may run may be run by everybody, and nobody may write; whatever the umask was here.
        .arg("--mode=u+rw,go+r,go-w,a+X")
        .arg(format!("--mtime=@{mtime}"))
        .arg(name)
        .env("LC_ALL", "C")
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start tar (GNU)")?;
    let file =
        File::create(&archive).with_context(|| format!("cannot write {}", archive.display()))?;
    // Without a name and a time of its own.
    let mut gzip = GzBuilder::new().mtime(0).write(file, Compression::best());
    if let Some(mut output) = tar.stdout.take() {
        io::copy(&mut output, &mut gzip)?;
    }
    gzip.finish()?;
    let status = tar.wait()?;
    anyhow::ensure!(status.success(), "tar failed ({status})");
    Ok(archive)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn the_same_files_make_the_same_archive_whenever_and_in_whatever_order_they_came() {
        use std::os::unix::fs::PermissionsExt;

        let pack = |names: [&str; 2], mode: u32| {
            let root = tempfile::tempdir().unwrap();
            let folder = root.path().join("package-1");
            std::fs::create_dir(&folder).unwrap();
            for name in names {
                std::fs::write(folder.join(name), name).unwrap();
                let permissions = std::fs::Permissions::from_mode(mode);
                std::fs::set_permissions(folder.join(name), permissions).unwrap();
            }
            std::fs::read(write(&folder, "1700000000").unwrap()).unwrap()
        };
        let archive = pack(["a", "b"], 0o600);
        assert_eq!(pack(["b", "a"], 0o664), archive);
        assert!(pack(["a", "c"], 0o600) != archive);
        assert!(pack(["a", "b"], 0o700) != archive);
    }
}
