//! What is asked for.

use std::path::PathBuf;

/// What is to be built.
#[derive(Clone, Debug)]
pub struct Request {
    /// The folder of `Trunk.toml`.
    pub root: PathBuf,
    /// Where the built page goes. What else is there is removed.
    pub dist: PathBuf,
    /// Where the app is on its host: `/`, or for example `/h5/`.
    pub public_url: String,
    /// As `trunk build --release`.
    pub release: bool,
    /// A module that was compiled before, instead of running the hooks and cargo.
    pub compiled: Option<PathBuf>,
}
