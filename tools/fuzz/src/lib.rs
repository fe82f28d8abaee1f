//! Fuzzing: whatever reads bytes from outside, and what must hold for any of them.
//!
//! A target is a function of bytes that panics where something does not hold ([`targets`]). The files in
//! `corpus/<target>/` are its seeds, and every input that ever broke it.
//!
//! - [`bounded`]: each target with a fixed number of mutated seeds, part of `cargo test`; needs nothing.
//! - `guided.rs`: libFuzzer, guided by the branches an input takes; `make fuzz`.

pub mod bounded;
mod http;
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

/// The input as text; bytes that are none become the replacement character.
fn text(input: &[u8]) -> String {
    String::from_utf8_lossy(input).into_owned()
}

/// Its first `N - 1` lines and whatever follows them, line breaks included; empty where there are fewer.
fn lines<const N: usize>(text: &str) -> [&str; N] {
    let mut lines = text.splitn(N, '\n');
    std::array::from_fn(|_| lines.next().unwrap_or_default())
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
