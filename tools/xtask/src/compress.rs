//! The app's files compressed once, when it is built, as well as can be: whoever serves them only picks the copy.

use std::io::Write;
use std::path::Path;

use anyhow::Context;
use flate2::{Compression, GzBuilder};

/// Writes `<name>.br` and `<name>.gz` beside every file of the app. The same file gives the same bytes.
pub(crate) fn folder(folder: &Path) -> anyhow::Result<()> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            self::folder(&path)?;
            continue;
        }
        let is_copy = path.extension().is_some_and(|it| it == "br" || it == "gz");
        if is_copy {
            continue;
        }
        let content =
            std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        write(&path, "br", &brotli(&content)?)?;
        write(&path, "gz", &gzip(&content)?)?;
    }
    Ok(())
}

fn write(path: &Path, ending: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    std::fs::write(&name, bytes).with_context(|| format!("cannot write {}", name.display()))
}

/// At the highest quality, with the largest window that every browser takes.
fn brotli(content: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut compressor = brotli::CompressorWriter::new(Vec::new(), 64 * 1024, 11, 22);
    compressor.write_all(content)?;
    compressor.flush()?;
    Ok(compressor.into_inner())
}

/// For old web servers and old kernels; without a time, which would be another one every time.
fn gzip(content: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut compressor = GzBuilder::new()
        .mtime(0)
        .write(Vec::new(), Compression::best());
    compressor.write_all(content)?;
    Ok(compressor.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_gets_two_copies_and_a_copy_gets_none() {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        std::fs::create_dir(path("snippets")).unwrap();
        for name in ["a.js", "snippets/b.js"] {
            std::fs::write(path(name), [b'a'; 10_000]).unwrap();
        }
        folder(root.path()).unwrap();
        let first = std::fs::read(path("a.js.br")).unwrap();
        // Again, as `make build` does.
        folder(root.path()).unwrap();
        for name in ["a.js.br", "a.js.gz", "snippets/b.js.br", "snippets/b.js.gz"] {
            assert!(std::fs::metadata(path(name)).unwrap().len() < 100, "{name}");
        }
        assert_eq!(std::fs::read(path("a.js.br")).unwrap(), first);
        assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 4);
    }
}
