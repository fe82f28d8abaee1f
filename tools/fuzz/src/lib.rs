//! Fuzzing: whatever reads bytes from outside, and what must hold for any of them.
//!
//! A target is a function of bytes that panics where something does not hold ([`targets`]). The files in
//! `corpus/<target>/` are its seeds, and every input that ever broke it.
//!
//! - [`bounded`]: each target with a fixed number of mutated seeds, part of `cargo test`; needs nothing.
//! - `guided.rs`: libFuzzer, guided by the branches an input takes; `make fuzz`.

pub mod bounded;
mod http;
mod input;
mod ours;
mod proxy;
pub mod targets;

/// Something that reads foreign bytes, and what must hold for any of them.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name, also that of its folder in `corpus/`.
    pub name: &'static str,
    /// Reads an input.
    ///
    /// # Panics
    /// Where something does not hold.
    pub run: fn(&[u8]),
}

/// Calls the macro that it is given with the names of all targets, in the order of the alphabet.
#[macro_export]
macro_rules! with_targets {
    ($macro:ident) => {
        $macro! {
            authorize_url callback client_address config cursor identifiers list_query login_record
            page_load preconditions proxy_request qr_path record_value report return_to
            service_authorization session_cookie simulator_query simulator_redirect
            simulator_request simulator_seed user_agent wechat_answer
        }
    };
}
