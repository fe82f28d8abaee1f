//! Text without a heap: cut at single bytes, and written into memory that is there.

use core::fmt;

/// What stands before the first such byte, which is one of ASCII, and what behind it, if it is there.
pub fn cut(text: &str, by: u8) -> (&str, Option<&str>) {
    let Some(at) = text.bytes().position(|byte| byte == by) else {
        return (text, None);
    };
    let before = text.get(..at).unwrap_or_default();
    (before, text.get(at.saturating_add(1)..))
}

/// Path, query if there is one, and fragment with its `#`, of an address of all three.
pub fn parts(local: &str) -> (&str, Option<&str>, &str) {
    let (page, _) = cut(local, b'#');
    let (path, query) = cut(page, b'?');
    (path, query, local.get(page.len()..).unwrap_or_default())
}

/// The parts between such bytes; at least one.
pub fn split(text: &str, by: u8) -> Split<'_> {
    let rest = Some(text);
    Split { rest, by }
}

/// See [`split`].
#[derive(Clone)]
pub struct Split<'a> {
    rest: Option<&'a str>,
    by: u8,
}

impl<'a> Iterator for Split<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let (part, rest) = cut(self.rest?, self.by);
        self.rest = rest;
        Some(part)
    }
}

impl<'a> Split<'a> {
    /// Takes one part for each place; `None` if there are not so many.
    pub fn fill(&mut self, places: &mut [&'a str]) -> Option<()> {
        for place in places {
            *place = self.next()?;
        }
        Some(())
    }
}

/// A number of at most 19 digits, which are all there may be.
pub fn number(digits: &str) -> Option<u64> {
    let number = number_or_max(digits);
    (number != u64::MAX).then_some(number)
}

/// In one value, because an `Option` goes through memory; [`u64::MAX`] has 20 digits.
#[inline(never)]
fn number_or_max(digits: &str) -> u64 {
    let mut number = 0_u64;
    for byte in digits.bytes() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return u64::MAX;
        }
        // Cannot overflow with 19 digits; checked, it would take arithmetic of 128 bits.
        number = number.wrapping_mul(10).wrapping_add(digit.into());
    }
    if matches!(digits.len(), 1..=19) {
        number
    } else {
        u64::MAX
    }
}

/// These bytes, if they are text. The standard library's own check weighs half a KB more, for speed that nobody needs here.
pub fn utf8(bytes: &[u8]) -> Option<&str> {
    let Some(first) = bytes.utf8_chunks().next() else {
        return Some("");
    };
    first.invalid().is_empty().then_some(first.valid())
}

/// Text in memory that is there: an array, or a slice of somebody else's.
#[derive(Clone, Copy)]
pub struct Buffer<B> {
    bytes: B,
    /// Of all that was written, whether or not it fits.
    length: usize,
}

/// Memory for text.
pub trait Bytes: AsRef<[u8]> + AsMut<[u8]> {}

impl<B: AsRef<[u8]> + AsMut<[u8]>> Bytes for B {}

impl<B: Bytes> Buffer<B> {
    /// Empty, and as large as these bytes.
    pub fn new(bytes: B) -> Self {
        Self { bytes, length: 0 }
    }

    /// All that was written; `None` if it did not fit.
    pub fn whole(&self) -> Option<&str> {
        utf8(self.bytes.as_ref().get(..self.length)?)
    }

    /// Bytes of all that was written; 0 if it did not fit.
    pub fn whole_length(&self) -> usize {
        let has_room = self.length <= self.bytes.as_ref().len();
        if has_room { self.length } else { 0 }
    }

    /// What was written, as far as it fits.
    pub(crate) fn bytes(&self) -> &[u8] {
        let bytes = self.bytes.as_ref().get(..self.length);
        bytes.unwrap_or_default()
    }

    pub(crate) fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.as_mut().get_mut(self.length) {
            *place = byte;
        }
        self.length = self.length.saturating_add(1);
    }

    /// As many digits as `unit`, a power of ten, has.
    pub(crate) fn push_digits(&mut self, number: u64, mut unit: u64) {
        while unit > 0 {
            let digit = number.checked_div(unit).unwrap_or_default() % 10;
            self.push(b'0'.wrapping_add(digit as u8));
            unit /= 10;
        }
    }
}

/// Never fails: what does not fit is told at the end.
impl<B: Bytes> fmt::Write for Buffer<B> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            self.push(byte);
        }
        Ok(())
    }

    fn write_char(&mut self, character: char) -> fmt::Result {
        if character.is_ascii() {
            self.push(character as u8);
            return Ok(());
        }
        self.write_str(character.encode_utf8(&mut [0; 4]))
    }
}

impl<B: Bytes> AsRef<str> for Buffer<B> {
    fn as_ref(&self) -> &str {
        self.whole().unwrap_or_default()
    }
}

impl<B: Bytes> fmt::Display for Buffer<B> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn parts_are_those_of_the_standard_library() {
        for text in ["", "&", "a", "a&b", "&&茶&", "茶&=b&&"] {
            assert!(split(text, b'&').eq(text.split('&')), "{text}");
            let expected = text.split_once('&');
            let expected = expected.map_or((text, None), |(one, other)| (one, Some(other)));
            assert_eq!(cut(text, b'&'), expected, "{text}");
        }
    }

    #[test]
    fn a_number_is_digits_and_no_more_than_fit() {
        for (text, expected) in [
            ("0", Some(0)),
            ("0012", Some(12)),
            ("9999999999999999999", Some(9_999_999_999_999_999_999)),
            ("18446744073709551615", None),
            ("", None),
            ("+1", None),
            ("-1", None),
            ("1.5", None),
            ("NaN", None),
            ("１", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
    }

    #[test]
    fn what_does_not_fit_is_not_taken_for_what_was_written() {
        let mut buffer = Buffer::new([0; 4]);
        buffer.write_str("a茶").unwrap();
        assert_eq!(buffer.whole(), Some("a茶"));
        buffer.write_str("").unwrap();
        assert_eq!(buffer.as_ref(), "a茶");
        buffer.write_str("b").unwrap();
        assert_eq!((buffer.whole(), buffer.as_ref()), (None, ""));
    }
}
