//! The copies of each file that web servers pass on as they are.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};
use brotli::enc::BrotliEncoderParams;
use brotli::enc::backward_references::BrotliEncoderMode;

/// Writes `<name>.br` and `<name>.gz` beside every file, as small as can be: whoever serves them only picks the copy. The
/// same file gives the same bytes.
pub(crate) fn compress(folder: &Path) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(folder);
    for entry in entries.with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            compress(&path)?;
            continue;
        }
        if path.extension().is_some_and(|it| it == "br" || it == "gz") {
            continue;
        }
        let smallest = smallest_brotli(&std::fs::read(&path)?)?;
        std::fs::write(format!("{}.br", path.display()), smallest)?;
        // For old web servers and old engines; without a time, which would be another one every time.
        let gzip = Command::new("gzip").arg("-9nkf").arg(&path).status();
        let status = gzip.context("cannot start gzip")?;
        ensure!(status.success(), "gzip failed ({status})");
    }
    Ok(())
}

/// At the highest quality, with the largest window that every browser takes. Which of the ways is best differs from file to
/// file by a few hundred bytes, and nobody can tell without trying.
fn smallest_brotli(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut smallest: Option<Vec<u8>> = None;
    for (mode, lgblock) in [
        (BrotliEncoderMode::BROTLI_MODE_GENERIC, 0),
        (BrotliEncoderMode::BROTLI_MODE_FONT, 0),
        (BrotliEncoderMode::BROTLI_MODE_FONT, 16),
    ] {
        let parameters = BrotliEncoderParams {
            quality: 11,
            lgwin: 22,
            lgblock,
            mode,
            ..BrotliEncoderParams::default()
        };
        let mut compressed = Vec::new();
        brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters)?;
        if smallest
            .as_ref()
            .is_none_or(|it| compressed.len() < it.len())
        {
            smallest = Some(compressed);
        }
    }
    smallest.context("there is no way")
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
        compress(root.path()).unwrap();
        let first = std::fs::read(path("a.js.br")).unwrap();
        // Again, as `make build` does.
        compress(root.path()).unwrap();
        for name in ["a.js.br", "a.js.gz", "snippets/b.js.br", "snippets/b.js.gz"] {
            assert!(std::fs::metadata(path(name)).unwrap().len() < 100, "{name}");
        }
        assert_eq!(std::fs::read(path("a.js.br")).unwrap(), first);
        assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 4);
    }
}
