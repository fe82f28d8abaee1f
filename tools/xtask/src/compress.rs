//! The app's files compressed once, when it is built, as well as can be: whoever serves them only picks the copy.

use std::io::Write;
use std::path::Path;

use flate2::{Compression, GzBuilder};

use crate::workspace;

/// Writes `<name>.br` and `<name>.gz` beside every file of the app. The same file gives the same bytes.
pub(crate) fn folder(folder: &Path) -> anyhow::Result<()> {
    for path in workspace::files(folder)? {
        if path.extension().is_some_and(|it| it == "br" || it == "gz") {
            continue;
        }
        let content = std::fs::read(&path)?;
        // At the highest quality, with the largest window that every browser takes.
        let mut brotli = brotli::CompressorWriter::new(Vec::new(), 64 * 1024, 11, 22);
        brotli.write_all(&content)?;
        brotli.flush()?;
        std::fs::write(format!("{}.br", path.display()), brotli.into_inner())?;
        // For old web servers and old engines; without a time, which would be another one every time.
        let mut gzip = GzBuilder::new()
            .mtime(0)
            .write(Vec::new(), Compression::best());
        gzip.write_all(&content)?;
        std::fs::write(format!("{}.gz", path.display()), gzip.finish()?)?;
    }
    Ok(())
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
