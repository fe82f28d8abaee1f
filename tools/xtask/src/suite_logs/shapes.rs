//! Secrets nobody noted, by where they stand: verifiers a browser made, cookies a proxy sealed, and the parameters of
//! WeChat's addresses.

/// What stands in front of them, in addresses, headers and bodies.
const FRONTS: [&str; 14] = [
    "wechat_login=",
    "?code=",
    "&code=",
    "secret=",
    "access_token=",
    "refresh_token=",
    "?openid=",
    "&openid=",
    "\"verifier\":\"",
    "\"openid\":\"",
    "\"unionid\":\"",
    "\"access_token\":\"",
    "\"secret\":\"",
    "earer ",
];

/// What one of [`FRONTS`] begins with.
const FIRST_BYTES: &[u8] = b"w?&sar\"e";

/// Fewer characters are an example or a word.
const SHORTEST: usize = 8;

/// The front behind which something stands in this line.
pub(super) fn find_in(line: &[u8]) -> Option<&'static str> {
    (0..line.len()).find_map(|start| {
        let rest = &line[start..];
        // Nearly every place ends here, and there are millions.
        FIRST_BYTES.contains(rest.first()?).then_some(())?;
        FRONTS.into_iter().find(|front| {
            rest.strip_prefix(front.as_bytes())
                .is_some_and(begins_with_something)
        })
    })
}

fn begins_with_something(rest: &[u8]) -> bool {
    rest.len() >= SHORTEST && rest[..SHORTEST].iter().all(|byte| is_part(*byte))
}

/// Of codes, tokens, ids and sealed cookies, percent-encoded or not.
fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~%+/=".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_addresses_cookies_and_bodies_is_found() {
        for line in [
            "GET http://h/sns/oauth2/access_token?appid=wx1&secret=12345678&code=x",
            "http://h/?code=12345678",
            "Cookie: a=b; __Host-wechat_login=8Jq%2Fabc=",
            "{\"account\":\"shop\",\"verifier\":\"abcdefgh\"}",
            "authorization: Bearer 12345678",
        ] {
            assert!(find_in(line.as_bytes()).is_some(), "{line}");
        }
    }

    #[test]
    fn every_front_is_looked_for() {
        for front in FRONTS {
            let line = format!("x{front}12345678");
            assert!(find_in(line.as_bytes()).is_some(), "{front}");
        }
    }

    #[test]
    fn what_our_log_says_is_no_secret() {
        for line in [
            "answered method=POST route=\"/api/session\" status=502 code=\"refused_by_wechat\"",
            "?code=1234567",
            "?code=…&state=…",
            "access_token: WeChat refused with errcode 40029",
            "{\"secret\":\"\"}",
            "",
        ] {
            assert_eq!(find_in(line.as_bytes()), None, "{line}");
        }
    }
}
