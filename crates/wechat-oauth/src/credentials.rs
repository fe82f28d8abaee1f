//! An account's own token; and whether WeChat takes an appid and its secret, asked without spending anything.

use std::net::IpAddr;
use std::time::{Duration, UNIX_EPOCH};

use reqwest::header::DATE;
use serde_json::json;

use crate::answer::{self, AccountTokenFields};
use crate::facts::GRANT_ACCOUNT;
use crate::{AccessToken, AppId, AppSecret, AuthCode, Client, Endpoint, Error, ErrorCode};

/// What WeChat said.
#[derive(Debug)]
#[non_exhaustive]
pub struct CredentialAnswer {
    /// Whether it takes them.
    pub outcome: Result<(), Error>,
    /// The `Date` of its answer, in seconds since 1970-01-01 UTC.
    pub date: Option<u64>,
    /// Our address as WeChat sees it, where it is not in the account's IP whitelist (errcode 40164).
    pub refused_address: Option<IpAddr>,
}

/// What the account itself calls WeChat with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountToken {
    /// Whoever has it acts as the account.
    pub token: AccessToken,
    /// What is left of it.
    pub expires_in: Duration,
}

impl AccountToken {
    fn from_body(body: &[u8]) -> Result<Self, Error> {
        let endpoint = Endpoint::StableToken;
        let answer: AccountTokenFields = answer::fields_of(endpoint, body)?;
        let reason = "no access_token";
        Ok(Self {
            token: AccessToken::parse(&answer.access_token)
                .map_err(|_| Error::Unusable { endpoint, reason })?,
            expires_in: Duration::from_secs(answer.expires_in),
        })
    }
}

impl Client {
    /// An account's stable token, WeChat's `POST /cgi-bin/stable_token` in its normal mode.
    ///
    /// It hands out the token that is valid already; `/cgi-bin/token` would replace the one other programs of the
    /// company use. WeChat serves only addresses of the account's IP whitelist.
    ///
    /// # Errors
    /// Every [`Error`].
    pub async fn account_token(
        &self,
        appid: &AppId,
        secret: &AppSecret,
    ) -> Result<AccountToken, Error> {
        let call = async {
            let (mut date, mut address) = (None, None);
            self.ask_for_account_token(appid, secret, &mut date, &mut address)
                .await
        };
        self.observe(Endpoint::StableToken, call).await
    }

    /// Whether WeChat takes an account's secret, asked by [`Self::account_token`], and what else its answer tells.
    pub async fn check_account(&self, appid: &AppId, secret: &AppSecret) -> CredentialAnswer {
        let (mut date, mut address) = (None, None);
        let token = self.ask_for_account_token(appid, secret, &mut date, &mut address);
        let outcome = token.await.map(drop);
        let code = outcome.as_ref().err().and_then(Error::code);
        CredentialAnswer {
            outcome,
            date,
            refused_address: address.filter(|_| code == Some(ErrorCode::AddressRefused)),
        }
    }

    /// Notes on the way when WeChat answered, and the address in its words, if any.
    async fn ask_for_account_token(
        &self,
        appid: &AppId,
        secret: &AppSecret,
        date: &mut Option<u64>,
        address: &mut Option<IpAddr>,
    ) -> Result<AccountToken, Error> {
        let body = json!({
            "grant_type": GRANT_ACCOUNT,
            "appid": appid.as_str(),
            "secret": secret.expose(),
            // Always sent: developers report errors without it.
            "force_refresh": false,
        });
        let endpoint = Endpoint::StableToken;
        let request = self.http.post(self.url(endpoint)).json(&body);
        let response = self.send(endpoint, request).await?;
        let sent_at = response.headers().get(DATE);
        *date = sent_at.and_then(|date| seconds_of(date.to_str().ok()?));
        let body = self.body_of(endpoint, response).await?;
        *address = first_address(&body);
        AccountToken::from_body(&body)
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
            Err(error) if error.code() != Some(ErrorCode::InvalidCode) => Err(error),
            _ => Ok(()),
        }
    }
}

fn seconds_of(date: &str) -> Option<u64> {
    let date = httpdate::parse_http_date(date).ok()?;
    Some(date.duration_since(UNIX_EPOCH).ok()?.as_secs())
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
        for (errmsg, address) in [
            (
                "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in",
                "203.0.113.7",
            ),
            ("invalid ip 2001:db8::7, not in", "2001:db8::7"),
            ("invalid ip, not in whitelist", ""),
            ("", ""),
        ] {
            let body =
                format!(r#"{{"errcode":40164,"errmsg":"{errmsg}, rid: 6206378a-793424c0"}}"#);
            assert_eq!(
                first_address(body.as_bytes()),
                address.parse().ok(),
                "{body}"
            );
        }
    }

    #[test]
    fn dates_are_read_as_http_writes_them() {
        assert_eq!(seconds_of("Thu, 01 Jan 1970 00:01:00 GMT"), Some(60));
        assert_eq!(seconds_of("yesterday"), None);
    }
}
