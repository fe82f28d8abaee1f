//! Whether WeChat takes an appid and its secret, asked without spending or replacing anything.

use std::net::IpAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use httpdate::HttpDate;
use reqwest::StatusCode;
use reqwest::header::DATE;
use serde_json::json;

use super::answer;
use super::client::{Client, transport_error};
use super::error::{Endpoint, Error};
use super::ids::{AppId, AppSecret, AuthCode};

/// What WeChat said.
#[derive(Debug)]
pub struct CredentialAnswer {
    /// Whether it takes them.
    pub outcome: Result<(), Error>,
    /// The `Date` of its answer, in seconds since 1970-01-01 UTC.
    pub date: Option<u64>,
    /// Our address as WeChat sees it, where it is not in the account's IP whitelist (errcode 40164).
    pub refused_address: Option<IpAddr>,
}

impl Client {
    /// Asks for an account's stable token, WeChat's `POST /cgi-bin/stable_token` in its normal mode.
    ///
    /// It hands out the token that is valid already; `/cgi-bin/token` would replace the one other programs of the
    /// company use. The token is dropped.
    pub async fn check_account(&self, appid: &AppId, secret: &AppSecret) -> CredentialAnswer {
        let endpoint = Endpoint::StableToken;
        let body = json!({
            "grant_type": "client_credential",
            "appid": appid.as_str(),
            "secret": secret.expose(),
            "force_refresh": false,
        });
        let request = self.http.post(self.url("/cgi-bin/stable_token", &[]));
        let response = match request.json(&body).send().await {
            Ok(response) => response,
            Err(error) => return without_date(Err(transport_error(endpoint, error))),
        };
        let date = response
            .headers()
            .get(DATE)
            .and_then(|date| seconds_of(std::str::from_utf8(date.as_bytes()).ok()?));
        if response.status() != StatusCode::OK {
            let status = response.status().as_u16();
            return CredentialAnswer {
                date,
                ..without_date(Err(Error::Status { endpoint, status }))
            };
        }
        let body = match response.bytes().await {
            Ok(body) => body,
            Err(error) => return without_date(Err(transport_error(endpoint, error))),
        };
        let outcome = answer::read_account_token(&body);
        let is_address_refused =
            matches!(&outcome, Err(error) if error.errcode() == Some(ADDRESS_REFUSED));
        CredentialAnswer {
            outcome,
            date,
            refused_address: is_address_refused.then(|| first_address(&body)).flatten(),
        }
    }

    /// Tries a made-up code: as we believe, but WeChat does not document, it looks at appid and secret before the code,
    /// so that its errcode 40029 (invalid code) speaks for both. Website applications have no token to ask for.
    ///
    /// # Errors
    /// Every [`Error`] but the one about the code.
    pub async fn check_website(&self, appid: &AppId, secret: &AppSecret) -> Result<(), Error> {
        let Ok(code) = AuthCode::parse("0") else {
            return Ok(());
        };
        match self.exchange_code(appid, secret, &code).await {
            Err(error) if error.errcode() == Some(INVALID_CODE) => Ok(()),
            Err(error) => Err(error),
            Ok(_) => Ok(()),
        }
    }
}

/// WeChat's errcode for an address that is not in the IP whitelist.
const ADDRESS_REFUSED: i64 = 40164;
/// WeChat's errcode for a code it does not know.
const INVALID_CODE: i64 = 40029;

fn without_date(outcome: Result<(), Error>) -> CredentialAnswer {
    CredentialAnswer {
        outcome,
        date: None,
        refused_address: None,
    }
}

fn seconds_of(date: &str) -> Option<u64> {
    let date: HttpDate = date.parse().ok()?;
    let since = SystemTime::from(date).duration_since(UNIX_EPOCH).ok()?;
    Some(since.as_secs())
}

/// The address in `invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist`, if there is one.
fn first_address(body: &[u8]) -> Option<IpAddr> {
    let body = String::from_utf8_lossy(body);
    let is_part = |character: char| character.is_ascii_hexdigit() || ".:".contains(character);
    body.split(|character| !is_part(character))
        .find_map(|word| word.trim_matches('.').parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_refused_address_is_found_in_the_errmsg() {
        for (body, address) in [
            (
                r#"{"errcode":40164,"errmsg":"invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist, rid: 6206378a-793424c0-2e4091cc"}"#,
                Some("203.0.113.7"),
            ),
            (
                r#"{"errmsg":"invalid ip 2001:db8::7, not in"}"#,
                Some("2001:db8::7"),
            ),
            (
                r#"{"errcode":40164,"errmsg":"invalid ip, not in whitelist"}"#,
                None,
            ),
            ("", None),
        ] {
            let expected = address.map(|text| text.parse().unwrap());
            assert_eq!(first_address(body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn dates_are_read_as_http_writes_them() {
        assert_eq!(seconds_of("Thu, 01 Jan 1970 00:01:00 GMT"), Some(60));
        assert_eq!(seconds_of("yesterday"), None);
    }
}
