//! Builds the app during development as `trunk build` would, from the same two files, without anybody having to compile
//! trunk first; and is the wasm-bindgen that trunk uses for what is delivered.
//!
//! ```text
//! Trunk.toml  hooks ─▶ cargo build ─▶ wasm-bindgen ─▶ NAME-HASH.js, NAME-HASH_bg.wasm
//! index.html  tags with data-trunk, replaced ──────▶ index.html, copied files
//! ```
//! `make test` compares both for our own page. What only trunk knows is refused by name, and trunk has to build it.

pub mod bindgen;
pub mod page;

mod compile;
mod folder;
mod plan;
mod request;
mod tags;
mod trunk_toml;
