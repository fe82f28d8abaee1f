//! The body of `POST /api/session`, in JSON.

use core::fmt::{Result, Write};

/// Writes what the proxy is sent to exchange a code: under which account, with the login's verifier, and whether the
/// code is of the account's website application.
///
/// # Errors
/// Those of the writer.
pub fn write_exchange_body(
    account: &str,
    code: &str,
    verifier: &str,
    website: bool,
    out: &mut impl Write,
) -> Result {
    for (name, value) in [
        ("{\"account\":\"", account),
        ("\",\"code\":\"", code),
        ("\",\"verifier\":\"", verifier),
    ] {
        out.write_str(name)?;
        write_escaped(value, out)?;
    }
    out.write_str("\",\"website\":")?;
    out.write_str(if website { "true}" } else { "false}" })
}

/// Writes what may stand between the quotes of a string of JSON.
fn write_escaped(text: &str, out: &mut impl Write) -> Result {
    let mut rest = text;
    let is_special = |byte: u8| byte < b' ' || matches!(byte, b'"' | b'\\');
    while let Some(at) = rest.bytes().position(is_special) {
        out.write_str(rest.get(..at).unwrap_or_default())?;
        out.write_str("\\u00")?;
        let byte = rest.as_bytes().get(at).copied().unwrap_or_default();
        out.write_char(digit(byte >> 4))?;
        out.write_char(digit(byte & 15))?;
        rest = rest.get(at.saturating_add(1)..).unwrap_or_default();
    }
    out.write_str(rest)
}

fn digit(half: u8) -> char {
    let first = if half < 10 { b'0' } else { b'a' - 10 };
    char::from(half.wrapping_add(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_record_holds_is_a_string_of_json() {
        for (account, expected) in [
            ("shop", "shop"),
            ("茶\"a\\", "茶\\u0022a\\u005c"),
            ("\u{1}\n\u{1f} \u{7f}", "\\u0001\\u000a\\u001f \u{7f}"),
        ] {
            let mut body = String::new();
            write_exchange_body(account, "C", "V", false, &mut body).unwrap();
            let expected = format!(
                "{{\"account\":\"{expected}\",\"code\":\"C\",\"verifier\":\"V\",\"website\":false}}"
            );
            assert_eq!(body, expected);
            body.clear();
            write_exchange_body(account, "C", "V", true, &mut body).unwrap();
            assert!(body.ends_with(",\"website\":true}"));
        }
    }
}
