//! Percent encoding, written here because the simulator must control every byte of what it redirects to.

/// Decodes a query component: `%XX` and `+` as a space. A `%` without two digits stays; bytes that are not UTF-8
/// become U+FFFD.
pub(crate) fn decode(encoded: &str) -> String {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        match (first, tail) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, after @ ..]) => match (hex_digit(*high), hex_digit(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high << 4 | low);
                    rest = after;
                }
                _ => bytes.push(b'%'),
            },
            _ => bytes.push(first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Encodes a query value: all but `A-Za-z0-9-._~`.
pub(crate) fn encode_value(value: &str) -> String {
    encode_unless(value, |byte| {
        byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
    })
}

/// Encodes what a `Location` header cannot carry (spaces, control characters, all beyond ASCII) and nothing else.
pub(crate) fn encode_for_header(url: &str) -> String {
    encode_unless(url, |byte| byte.is_ascii_graphic())
}

fn encode_unless(text: &str, keep: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if keep(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding_survives_whatever_comes() {
        for (encoded, decoded) in [
            ("a%20b+c", "a b c"),
            ("%E8%8C%B6", "茶"),
            ("100%", "100%"),
            ("%4", "%4"),
            ("%zz", "%zz"),
            ("%25zz", "%zz"),
            ("%FF", "\u{FFFD}"),
            ("", ""),
        ] {
            assert_eq!(decode(encoded), decoded, "{encoded}");
        }
    }

    #[test]
    fn a_value_of_letters_and_digits_is_left_alone() {
        assert_eq!(encode_value("1aZ-._~"), "1aZ-._~");
        assert_eq!(encode_value("a&b=茶 +"), "a%26b%3D%E8%8C%B6%20%2B");
    }

    #[test]
    fn a_url_keeps_its_own_escapes_and_separators() {
        assert_eq!(
            encode_for_header("http://h/%7e?a=茶&b=[1]#x y"),
            "http://h/%7e?a=%E8%8C%B6&b=[1]#x%20y"
        );
    }
}
