//! The body of `POST /api/session`, in JSON.

use core::fmt::{Result, Write};

use wechat_oauth::Scope;

use crate::pending_login::PendingLogin;

/// Writes what the proxy is sent for a login that has its code.
///
/// # Errors
/// Those of the writer.
pub fn write_exchange_body<T: AsRef<str>>(login: &PendingLogin<T>, out: &mut impl Write) -> Result {
    let code = login.code.as_ref().map_or("", T::as_ref);
    for (name, value) in &[
        ("{\"account\":\"", login.account.as_ref()),
        ("\",\"code\":\"", code),
        ("\",\"verifier\":\"", login.verifier.as_ref()),
    ] {
        out.write_str(name)?;
        write_escaped(value, out)?;
    }
    out.write_str("\",\"website\":")?;
    out.write_str(if login.scope == Scope::Login {
        "true}"
    } else {
        "false}"
    })
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
    use crate::pending_login::tests::pending;

    #[test]
    fn whatever_a_record_holds_is_a_string_of_json() {
        for (account, expected) in [
            ("shop", "shop"),
            ("茶\"a\\", "茶\\u0022a\\u005c"),
            ("\u{1}\n\u{1f} \u{7f}", "\\u0001\\u000a\\u001f \u{7f}"),
        ] {
            let mut login = pending(1);
            login.account = account.to_owned();
            login.bind("C".to_owned());
            let mut body = String::new();
            write_exchange_body(&login, &mut body).unwrap();
            let (code, verifier) = ("\"code\":\"C\"", &login.verifier);
            let expected = format!(
                "{{\"account\":\"{expected}\",{code},\"verifier\":\"{verifier}\",\"website\":false}}"
            );
            assert_eq!(body, expected);
            login.scope = Scope::Login;
            body.clear();
            write_exchange_body(&login, &mut body).unwrap();
            assert!(body.ends_with(",\"website\":true}"));
        }
    }
}
