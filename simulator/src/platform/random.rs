//! Texts nobody can guess: codes, tokens, request ids.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// A code as seen in the wild: 32 of `A-Za-z0-9`.
pub(crate) fn code() -> String {
    // Two of 64 characters are left out; that fewer than half remain does not happen.
    let text = URL_SAFE_NO_PAD.encode(bytes::<96>());
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .take(32)
        .collect()
}

/// A token as seen in the wild: two digits, `_`, about 100 base64url characters.
pub(crate) fn token() -> String {
    format!("86_{}", URL_SAFE_NO_PAD.encode(bytes::<75>()))
}

/// What opens a mini-program's data: 16 bytes in base64.
pub(crate) fn session_key() -> String {
    STANDARD.encode(bytes::<16>())
}

/// A ticket for the JS-SDK as seen in the wild: 86 base64url characters.
pub(crate) fn ticket() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<64>())
}

/// The request id at the end of an error text: three groups of eight hexadecimal digits.
pub(crate) fn rid() -> String {
    let groups = [bytes::<4>(), bytes(), bytes()].map(u32::from_be_bytes);
    groups.map(|group| format!("{group:08x}")).join("-")
}

/// # Panics
/// If the operating system has no randomness: guessable codes would be the worse answer.
#[expect(clippy::expect_used, reason = "no request can bring it about")]
fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}
