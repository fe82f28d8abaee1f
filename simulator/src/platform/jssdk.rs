//! What WeChat's servers do for a page that uses the JS-SDK: they judge its signature by the address, as each of WeChat's
//! clients tells it, and take what it shares.

use std::fmt::Write as _;

use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use crate::query::Query;
use crate::redirect::RedirectTarget;

use super::{AccountKind, Person, Platform, Share};

/// More are not kept.
const SHARES: usize = 100;

impl Platform {
    /// Judges what `wx.config` was given, in a client that calls itself so and has `landing` as the address of the last
    /// load and `now` as the present one: for the log 0 or WeChat's number, and what the page's script is told, where
    /// `{time}` stands for the time of the phone. That the domain comes before the signature is our guess.
    pub(crate) fn judge_config(
        &self,
        query: &Query,
        client: &str,
        person: &Person,
    ) -> (i64, Value) {
        let client = client.to_ascii_lowercase();
        let says = |word: &str| client.contains(word);
        // The developer tools, too, whatever phone they play.
        let is_computer = says("wechatdevtools") || says("wxdebugger") || !says("mobile");
        let is_ios = !is_computer && (says("iphone") || says("ipad"));
        let get = |name| query.get(name).unwrap_or_default();
        let address = get(if is_ios { "landing" } else { "now" });
        let url = address.split('#').next().unwrap_or_default();
        let (appid, nonce, timestamp) = (get("appid"), get("nonce"), get("timestamp"));
        let account = self.account(appid);
        let target = RedirectTarget::parse(url).ok();
        let is_permitted = target.is_some_and(|it| account.is_some_and(|at| at.permits_js(&it)));
        let is_complete = !nonce.is_empty() && timestamp.parse::<u64>().is_ok();
        let ticket = self.current_ticket(appid).filter(|_| is_complete);
        let is_signed = ticket
            .is_some_and(|ticket| signature(ticket, nonce, timestamp, url) == get("signature"));
        let (errcode, words, tail) = match (is_permitted, is_signed) {
            (true, true) => (0, "ok", ""),
            (true, false) => (63002, "invalid signature", ""),
            (false, _) => (40048, "invalid url domain", appid),
        };
        let said = match is_computer && errcode != 0 {
            true => format!("fail,Error: 系统错误，错误码：{errcode},{words} [{{time}}][{tail}]"),
            false => words.to_owned(),
        };
        // Without it every call of a test account's page fails.
        let follows =
            account.is_none_or(|it| it.kind != AccountKind::Test || person.follows(appid));
        let counted = (errcode == 63002).then_some(url);
        let told = json!({ "errMsg": format!("config:{said}"), "realAuthUrl": counted, "subscribed": follows });
        (errcode, told)
    }

    /// Keeps what a page shares.
    pub(crate) fn share(&mut self, query: &Query) {
        let get = |name| query.get(name).unwrap_or_default().to_owned();
        self.shares.push(Share {
            appid: get("appid"),
            api: get("api"),
            title: get("title"),
            desc: get("desc"),
            link: get("link"),
            img_url: get("img_url"),
        });
        if self.shares.len() > SHARES {
            self.shares.remove(0);
        }
    }
}

/// WeChat's JS-SDK guide: SHA-1 over four raw values in this order, in lower-case hexadecimal digits.
fn signature(ticket: &str, nonce: &str, timestamp: &str, url: &str) -> String {
    let text = format!("jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}");
    let mut hex = String::new();
    for byte in Sha1::digest(text) {
        // A string takes everything.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    // WeChat's own examples: the guide's ticket, nonce and timestamp, and what its checking page makes of two addresses.
    #[test]
    fn signatures_are_those_of_wechats_examples() {
        const TICKET: &str = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg";
        for (url, expected) in [
            (
                "http://mp.weixin.qq.com",
                "f4d90daf4b3bca3078ab155816175ba34c443a7b",
            ),
            (
                "http://mp.weixin.qq.com?params=value",
                "0f9de62fce790f9a083d5c99e95740ceb90c27ed",
            ),
        ] {
            let signed = signature(TICKET, "Wm3WZYTPz0wzccnW", "1414587457", url);
            assert_eq!(signed, expected);
        }
    }
}
