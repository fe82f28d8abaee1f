//! What WeChat's servers do for a page that uses the JS-SDK: they judge its signature by the address, as each of WeChat's
//! clients tells it, and take what it shares.

use std::fmt::Write as _;

use serde::Serialize;
use sha1::{Digest as _, Sha1};

use crate::query::Query;
use crate::redirect::RedirectTarget;

use super::{AccountKind, Person, Platform};

/// What a page set to be shared, as it stands in the page's call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Share {
    /// The account whose page it was.
    pub appid: String,
    /// `updateAppMessageShareData` or `updateTimelineShareData`.
    pub api: String,
    /// The title of the card.
    pub title: String,
    /// The text below it; empty for Moments, which has none.
    pub desc: String,
    /// Where the card leads.
    pub link: String,
    /// Its picture.
    pub img_url: String,
}

/// More are not kept.
const SHARES: usize = 100;

/// What a page's `wx.config` comes to.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Judgement {
    /// `config:ok`, or why not, in the words of the client; `{time}` stands for the time of the phone.
    pub(crate) err_msg: String,
    /// The address that counted, where the signature is not its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) real_auth_url: Option<String>,
    /// Test accounts: whether the person follows; calls fail without.
    pub(crate) subscribed: bool,
    /// For the log: 0, or WeChat's number, which only computers show.
    #[serde(skip)]
    pub(crate) errcode: i64,
}

impl Platform {
    /// Judges what `wx.config` was given, on a phone or computer that calls itself so and has `landing` as the address of
    /// the last load and `now` as the present one. That the domain comes before the signature is our guess.
    pub(crate) fn judge_config(
        &self,
        query: &Query,
        user_agent: &str,
        person: &Person,
    ) -> Judgement {
        let client = Client::of(user_agent);
        let get = |name| query.get(name).unwrap_or_default();
        let address = get(if client == Client::Iphone {
            "landing"
        } else {
            "now"
        });
        let url = address.split('#').next().unwrap_or_default();
        let appid = get("appid");
        let account = self.account(appid);
        let target = RedirectTarget::parse(url).ok();
        let is_permitted = target.is_some_and(|it| account.is_some_and(|at| at.permits_js(&it)));
        let is_signed = self.current_ticket(appid).is_some_and(|ticket| {
            !get("nonce").is_empty()
                && get("timestamp").parse::<u64>().is_ok()
                && signature(ticket, get("nonce"), get("timestamp"), url) == get("signature")
        });
        let (errcode, words, tail) = match (is_permitted, is_signed) {
            (true, true) => (0, "ok", ""),
            (true, false) => (63002, "invalid signature", ""),
            (false, _) => (40048, "invalid url domain", appid),
        };
        Judgement {
            err_msg: match client {
                Client::Computer if errcode != 0 => format!(
                    "config:fail,Error: 系统错误，错误码：{errcode},{words} [{{time}}][{tail}]"
                ),
                _ => format!("config:{words}"),
            },
            real_auth_url: (errcode == 63002).then(|| url.to_owned()),
            subscribed: account
                .is_none_or(|it| it.kind != AccountKind::Test || person.follows(appid)),
            errcode,
        }
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

/// Which address counts, and which words are said.
#[derive(PartialEq, Eq)]
enum Client {
    /// The address of the last load, whatever the page has done to it since.
    Iphone,
    /// The present one, as on all others; short words.
    Phone,
    /// The developer tools, too, whatever phone they play: long words with a number.
    Computer,
}

impl Client {
    fn of(user_agent: &str) -> Self {
        let user_agent = user_agent.to_ascii_lowercase();
        let says = |word: &str| user_agent.contains(word);
        if says("wechatdevtools") || says("wxdebugger") || !says("mobile") {
            Self::Computer
        } else if says("iphone") || says("ipad") {
            Self::Iphone
        } else {
            Self::Phone
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

    #[test]
    fn developer_tools_are_a_computer_whatever_phone_they_play() {
        for (user_agent, client) in [
            (
                "… (iPhone; …) Mobile/15E148 MicroMessenger/8.0.46",
                Client::Iphone,
            ),
            (
                "… (iPhone; …) Mobile/15E148 wechatdevtools/1.06 MicroMessenger/8.0.5",
                Client::Computer,
            ),
            (
                "… Mobile Safari/537.36 MicroMessenger/8.0.63",
                Client::Phone,
            ),
            (
                "… (Phone; OpenHarmony 5.0) … Mobile MicroMessenger/1.0.3.52",
                Client::Phone,
            ),
            (
                "… (Windows NT 10.0) … WindowsWechat(0x63090a13)",
                Client::Computer,
            ),
        ] {
            assert!(Client::of(user_agent) == client, "{user_agent}");
        }
    }
}
