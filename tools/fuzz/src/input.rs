//! Inputs of several parts: readable files, one part a line.

/// The input as text; bytes that are none become the replacement character.
pub(crate) fn text(input: &[u8]) -> String {
    String::from_utf8_lossy(input).into_owned()
}

/// Its first `N - 1` lines and whatever follows them, line breaks included; empty where there are fewer.
pub(crate) fn lines<const N: usize>(text: &str) -> [&str; N] {
    let mut lines = text.splitn(N, '\n');
    std::array::from_fn(|_| lines.next().unwrap_or_default())
}
