//! The built app, served by this process: read once at start, answered from memory.
//!
//! No path of a request ever reaches the file system: it is looked up among the files that were there at start. So a
//! new version of the app needs a restart, which `docs/en/serving.md` describes.

pub(crate) mod base;
mod copies;
mod folder;
pub(crate) mod old_engine;
pub(crate) mod policy;

pub(crate) use folder::{AppFile, AppFiles, Error, INDEX, Variant};
