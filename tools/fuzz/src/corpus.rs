//! The seeds of a target, and what broke it: `corpus/<target>/`, one input a file.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};

/// Where the inputs of a target are.
pub fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target)
}

/// All of them, in the order of their names.
///
/// # Errors
/// When the folder or a file cannot be read.
pub fn read(target: &str) -> io::Result<Vec<Vec<u8>>> {
    let mut files = std::fs::read_dir(folder(target))?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<PathBuf>>>()?;
    files.sort();
    files.into_iter().map(std::fs::read).collect()
}

/// Keeps an input that broke a target, under a name made of its content. From then on every test run begins with it.
///
/// # Errors
/// When the file cannot be written.
pub fn keep(target: &str, input: &[u8]) -> io::Result<PathBuf> {
    let mut hasher = DefaultHasher::new();
    input.hash(&mut hasher);
    let file = folder(target).join(format!("found-{:016x}", hasher.finish()));
    std::fs::write(&file, input)?;
    Ok(file)
}
