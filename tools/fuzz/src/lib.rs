//! Whatever reads bytes from outside, and what must hold for any of them.
//!
//! A target is a function of bytes that panics where something does not hold ([`target`], [`targets`]). The files in
//! `corpus/<target>/` are its seeds, and every input that ever broke it.
//!
//! - [`bounded`]: each target with a fixed number of mutated seeds, part of `cargo test`; needs nothing.
//! - `guided.rs`: libFuzzer, guided by the branches an input takes; `make fuzz`.

pub mod bounded;
pub mod corpus;
mod http;
pub mod mutate;
pub mod random;
pub mod target;
pub mod targets;
