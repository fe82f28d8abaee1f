//! The calls beside web authorization: a mini-program's login, the ticket by which pages are signed for the JS-SDK, and
//! whether somebody follows the account.

use std::fmt::Write as _;
use std::time::Duration;

use sha1::{Digest as _, Sha1};

use crate::answer::{FollowerFields, MiniprogramFields, TicketFields, fields_of};
use crate::facts::GRANT_CODE;
use crate::{
    AccessToken, AppId, AppSecret, AuthCode, Client, Endpoint, Error, OpenId, Ticket, UnionId,
};

/// Who a mini-program's user is. The `session_key` of WeChat's answer is not kept: it opens what the mini-program encrypts,
/// which a login has no use for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MiniprogramLogin {
    /// Who the user is under this mini-program.
    pub openid: OpenId,
    /// Who the user is on the open platform; with every login of one that is bound to it.
    pub unionid: Option<UnionId>,
}

impl MiniprogramLogin {
    fn read(endpoint: Endpoint, body: &[u8]) -> Result<Self, Error> {
        let answer: MiniprogramFields = fields_of(endpoint, body)?;
        let reason = "no usable openid";
        Ok(Self {
            openid: OpenId::parse(&answer.openid)
                .map_err(|_| Error::Unusable { endpoint, reason })?,
            unionid: UnionId::parse(&answer.unionid).ok(),
        })
    }
}

/// What signs the addresses of an account's pages.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct JsapiTicket {
    /// Never to be handed out: whoever has it signs any page of the account's domains.
    pub ticket: Ticket,
    /// What is left of it.
    pub expires_in: Duration,
}

impl JsapiTicket {
    /// The `signature` of `wx.config` for a page: `url` is its address without fragment, as it is, nothing encoded.
    /// WeChat's documentation of the JS-SDK, appendix 1.
    pub fn sign(&self, nonce: &str, timestamp: u64, url: &str) -> String {
        let ticket = self.ticket.expose();
        let text =
            format!("jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}");
        let mut signature = String::with_capacity(40);
        for byte in Sha1::digest(text) {
            // Writing to a String cannot fail.
            let _ = write!(signature, "{byte:02x}");
        }
        signature
    }
}

/// Whether somebody follows an account.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Follower {
    /// Whether it is so at this moment. No proof of who somebody is.
    pub subscribe: bool,
    /// Who the user is on the open platform; only of followers, and only if the account is bound to it.
    pub unionid: Option<UnionId>,
}

impl Client {
    /// Exchanges the code of a mini-program's `wx.login`, WeChat's `GET /sns/jscode2session`. Like
    /// [`Self::exchange_code`] it is never repeated once WeChat may have seen it.
    ///
    /// # Errors
    /// Every [`Error`]; [`Error::is_not_sent`] means that the code is unspent.
    pub async fn miniprogram_login(
        &self,
        appid: &AppId,
        secret: &AppSecret,
        code: &AuthCode,
    ) -> Result<MiniprogramLogin, Error> {
        let query = [
            ("appid", appid.as_str()),
            ("secret", secret.expose()),
            ("js_code", code.expose()),
            ("grant_type", GRANT_CODE),
        ];
        self.get_unrepeated(Endpoint::CodeToSession, &query, MiniprogramLogin::read)
            .await
    }

    /// The ticket for signing an account's pages, WeChat's `GET /cgi-bin/ticket/getticket`. Its quota is small: keep it
    /// while it is good.
    ///
    /// # Errors
    /// Every [`Error`].
    pub async fn jsapi_ticket(&self, account_token: &AccessToken) -> Result<JsapiTicket, Error> {
        let query = [("access_token", account_token.expose()), ("type", "jsapi")];
        let read = |endpoint, body: &[u8]| {
            let answer: TicketFields = fields_of(endpoint, body)?;
            let reason = "no ticket";
            Ok(JsapiTicket {
                ticket: Ticket::parse(&answer.ticket)
                    .map_err(|_| Error::Unusable { endpoint, reason })?,
                expires_in: Duration::from_secs(answer.expires_in),
            })
        };
        self.get(Endpoint::Ticket, &query, self.total_timeout(), read)
            .await
    }

    /// Whether somebody follows an account, WeChat's `GET /cgi-bin/user/info`; of verified accounts only.
    ///
    /// # Errors
    /// Every [`Error`].
    pub async fn follower(
        &self,
        account_token: &AccessToken,
        openid: &OpenId,
    ) -> Result<Follower, Error> {
        let query = [
            ("access_token", account_token.expose()),
            ("openid", openid.expose()),
            ("lang", "zh_CN"),
        ];
        let read = |endpoint, body: &[u8]| {
            let answer: FollowerFields = fields_of(endpoint, body)?;
            let unusable = |reason| Error::Unusable { endpoint, reason };
            if !answer.openid.is_empty() && answer.openid != openid.expose() {
                return Err(unusable("about another openid"));
            }
            Ok(Follower {
                subscribe: answer.subscribe.ok_or(unusable("no subscribe"))?,
                unionid: UnionId::parse(&answer.unionid).ok(),
            })
        };
        self.get(Endpoint::Follower, &query, self.total_timeout(), read)
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of WeChat's documentation.
    #[test]
    fn addresses_are_signed_as_wechat_does() {
        let ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg";
        let ticket = JsapiTicket {
            ticket: Ticket::parse(ticket).unwrap(),
            expires_in: Duration::from_secs(7200),
        };
        for (url, signature) in [
            (
                "http://mp.weixin.qq.com",
                "f4d90daf4b3bca3078ab155816175ba34c443a7b",
            ),
            (
                "http://mp.weixin.qq.com?params=value",
                "0f9de62fce790f9a083d5c99e95740ceb90c27ed",
            ),
        ] {
            assert_eq!(
                ticket.sign("Wm3WZYTPz0wzccnW", 1_414_587_457, url),
                signature
            );
        }
    }
}
