//! Whether a text is one key, or a list of them, a comment, a quotation.
//!
//! A key that chance made has any character anywhere, and such keys have to stay valid: a character alone says nothing.
//! What says something is a long piece without any punctuation, which chance leaves in few keys with punctuation, of the
//! kinds that generators make without it: hexadecimal, base64, letters and digits.

use super::secret::is_wrapped;

/// The shortest key, in bytes.
pub(super) const SHORTEST: usize = 32;
/// What people put between keys and their names, and around them.
const AROUND: [char; 18] = [
    ',', ';', '|', ':', '"', '\'', '`', '<', '>', '[', ']', '(', ')', '{', '}', '#', '$', '\\',
];
/// Of words of a passphrase, in characters.
const LONGEST_WORD: usize = 15;
/// The shortest thing before a `=` that is a name, and not the beginning of a key, in bytes.
const SHORTEST_NAME: usize = 3;

/// What generators make of bytes: hexadecimal, base64 of both alphabets.
fn is_plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '+' | '/' | '=' | '-' | '_')
}

fn is_long(piece: &str) -> bool {
    piece.len() >= SHORTEST
}

/// Whether this is anything else than one key for the setting `key`.
pub(super) fn is_more_than_a_key(key: &str, text: &str) -> bool {
    let is_odd = |letter: char| match letter.is_ascii() {
        true => letter.is_ascii_control() && letter != '\t',
        // Letters of a passphrase; what looks like a comma or is not seen at all belongs into no key.
        false => !letter.is_alphanumeric() && !letter.is_whitespace(),
    };
    // Whoever puts quotes around a key makes it longer than what generators are asked for.
    let is_chance = text.starts_with(['"', '\'', '`', '['])
        && text.len().is_multiple_of(8)
        && text.matches(|it| !is_plain(it)).count() > 6;
    if text.contains(is_odd) || is_wrapped(key, text) && !is_chance {
        return true;
    }
    if text.contains(char::is_whitespace) {
        return !is_passphrase(text);
    }
    let hex = text.split(|letter: char| !letter.is_ascii_hexdigit());
    let hex = hex.filter(|piece| is_long(piece)).count();
    if text.chars().all(is_plain) {
        return hex > 1 || is_named(text) || is_comment(text) || is_halves(text, is_plain_joint);
    }
    if hex > 1 || !text.contains(AROUND) {
        return hex > 1;
    }
    let pieces: Vec<&str> = text
        .split(|it| !is_plain(it))
        .filter(|it| !it.is_empty())
        .collect();
    let mut long = pieces.iter().filter(|piece| is_long(piece)).peekable();
    let has_long = long.peek().is_some();
    let is_padded = long.any(|piece| piece.ends_with('='));
    let inner = text.trim_matches(AROUND);
    let is_in_brackets = [('<', '>'), ('(', ')'), ('[', ']'), ('{', '}')]
        .iter()
        .any(|(open, close)| text.starts_with(*open) && text.ends_with(*close));
    // One comma, colon and the like, whatever is on its other side: `2027-01-01:…`.
    let joints = text.matches(|it| !is_plain(it)).count();
    let is_joined = joints == 1 && text.contains([',', ';', '|', ':']);
    hex > 0
        || is_padded
        || inner.chars().all(is_plain) && is_long(inner) && inner != text
        || pieces.len() > 1 && pieces.iter().all(|piece| is_long(piece))
        || has_long && (is_in_brackets || is_joined)
        || is_halves(text, |it| matches!(it, ',' | ';'))
}

/// Short words, as somebody makes up who wants to remember it. Whatever is longer is a key beside something else.
fn is_passphrase(text: &str) -> bool {
    let mut words = text.split_whitespace();
    words.all(|word| word.chars().count() <= LONGEST_WORD && word != "openssl")
        && text.starts_with(char::is_alphanumeric)
}

/// `NAME=…`, or two keys of which the first one ends with `=`.
fn is_named(text: &str) -> bool {
    let text = text.trim_end_matches('=');
    let parts = text.split_once('=');
    parts.is_some_and(|(name, rest)| name.len() >= SHORTEST_NAME && is_long(rest))
}

/// A sentence without blanks after a sign of programmers'. In base64 of 32 bytes chance has capitals and digits.
fn is_comment(text: &str) -> bool {
    let is_shouted = |letter: char| letter.is_ascii_uppercase();
    (text.starts_with("//") || text.starts_with("--")) && !text.contains(is_shouted)
}

fn is_plain_joint(letter: char) -> bool {
    !letter.is_ascii_alphanumeric()
}

/// Several keys of the same length with one and the same sign between them.
fn is_halves(text: &str, is_joint: impl Fn(char) -> bool) -> bool {
    let Some(joint) = text.chars().find(|letter| is_joint(*letter)) else {
        return false;
    };
    let mut pieces = text.split(joint);
    let first = pieces.next().unwrap_or_default();
    is_long(first) && pieces.all(|piece| piece.len() == first.len() && !piece.contains(&is_joint))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "a3f1c09e57d2b8460e9cd1735fa8b264";
    const OTHER: &str = "7b1d0c5e9a2f48637d0b1e5c9f2a48d6";
    const PADDED: &str = "Qm9q3Zr+fV0x/7kW2nUeT1sHcYb8LdGpJ5aXiO4wMyA=";
    const WHOLE: &str = "t7VbQz2+Rk9/wXc4LmJ0aYhE5uNsGd8ZfPqT1oBvCiMrHx6KjWlDyUnS3eFgA7bO";

    /// Letters from a generator whose numbers are the same each time (SplitMix64).
    fn letters(seed: &mut u64, alphabet: &[u8], length: usize) -> String {
        let mut letter = || {
            *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut it = *seed;
            it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            alphabet[usize::try_from((it ^ (it >> 31)) % alphabet.len() as u64).unwrap()] as char
        };
        (0..length).map(|_| letter()).collect()
    }

    #[test]
    fn what_chance_makes_is_one_key() {
        let printable: Vec<u8> = (b'!'..=b'~').collect();
        let alphanumeric: Vec<u8> = (b'0'..=b'z').filter(u8::is_ascii_alphanumeric).collect();
        let with = |more: &[u8]| [alphanumeric.as_slice(), more].concat();
        let mut seed = 1;
        for (alphabet, lengths) in [
            (printable, [64, 64, 40, 100]),
            (with(b"!@#$%^&*"), [64, 40, 32, 128]),
            (with(b"+/"), [43, 64, 86, 128]),
            (with(b"-_"), [43, 64, 86, 128]),
            (alphanumeric.clone(), [32, 40, 64, 128]),
            (b"0123456789abcdef".to_vec(), [32, 40, 64, 128]),
        ] {
            for length in lengths {
                for _ in 0..400 {
                    let key = letters(&mut seed, &alphabet, length);
                    assert!(!is_more_than_a_key("session_keys", &key), "{key}");
                }
            }
        }
        for key in [
            "=a3f1c09e57d2b8460e9cd1735fa8b2647b1d0c5e",
            "aZ=a3f1c09e57d2b8460e9cd1735fa8b2647b1d0c5e",
            "orders-a3f1c09e57d2b8460e9cd1735fa8b264",
            "3f2b8c1e-9a4d-4e6f-8b7a-1c2d3e4f5a6b",
            "correct horse, battery staple: seven words of mine!",
            "从前有座山 山里有座庙 庙里有个老和尚讲故事",
            PADDED,
            WHOLE,
        ] {
            assert!(!is_more_than_a_key("session_keys", key), "{key}");
        }
    }

    #[test]
    fn what_somebody_puts_around_keys_or_between_them_is_no_key() {
        for key in [KEY, PADDED, WHOLE] {
            let other = if key == KEY { OTHER } else { key };
            for joint in [
                ",", ", ", ";", "|", ":", " ", "，", "、", "；", "\\n", "\0", "\u{200b}", "#",
                "\",\"",
            ] {
                let list = format!("{key}{joint}{other}");
                assert!(is_more_than_a_key("session_keys", &list), "{list}");
            }
            for (before, after) in [
                ("", ","),
                (",", ""),
                ("", ";"),
                ("#", ""),
                ("# ", ""),
                ("", " # new"),
                ("「", "」"),
                ("<", ">"),
                ("<key>", "</key>"),
                ("$(", ")"),
                ("[", "]"),
                ("[", ""),
                ("\"", "\""),
                ("\"", ""),
                ("2026-11-01:", ""),
                ("2026-11-01=", ""),
                ("KEY=", ""),
                ("SESSION_KEYS=", ""),
                ("export K=", ""),
                ("- ", ""),
            ] {
                let text = format!("{before}{key}{after}");
                assert!(is_more_than_a_key("session_keys", &text), "{text}");
            }
        }
        for text in [
            format!("{KEY}/{OTHER}"),
            format!("{KEY}+{OTHER}"),
            format!("{KEY}-{OTHER}"),
            format!("{KEY}.{OTHER}"),
            format!("{PADDED}{PADDED}"),
            format!("{KEY}#new"),
            format!("{PADDED}#new"),
            format!("{0} {0}", &KEY[..20]),
            "#this-is-the-new-key-of-january-2027".to_owned(),
            "//this-is-the-new-key-of-january-2027".to_owned(),
            "//new key made on the first of january".to_owned(),
            "# new key made on the first of january".to_owned(),
            "openssl rand -hex 32 > session-keys".to_owned(),
            "openssl rand -hex 32 > /etc/wechat-login/credentials/session-keys".to_owned(),
            "$(openssl rand -hex 32) $(openssl rand -hex 32)".to_owned(),
        ] {
            assert!(is_more_than_a_key("session_keys", &text), "{text}");
        }
    }
}
