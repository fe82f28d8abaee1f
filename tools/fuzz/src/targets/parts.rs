//! Inputs of several parts: readable files, one part a line.

/// The input as text; bytes that are none become the replacement character.
pub(super) fn text(input: &[u8]) -> String {
    String::from_utf8_lossy(input).into_owned()
}

/// Its first `N - 1` lines and whatever follows them, line breaks included; empty where there are fewer.
pub(super) fn lines<const N: usize>(text: &str) -> [&str; N] {
    let mut lines = text.splitn(N, '\n');
    std::array::from_fn(|_| lines.next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn the_last_part_has_all_that_is_left() {
        assert_eq!(lines::<2>("a\nb\nc"), ["a", "b\nc"]);
        assert_eq!(lines::<3>("a"), ["a", "", ""]);
    }
}
