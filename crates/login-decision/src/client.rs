//! Which browser this is, for hints only: a user agent proves nothing.

/// A browser, as far as it matters to a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// WeCom (企业微信): has WeChat's name in its user agent, but no official accounts.
    WeCom,
    /// WeChat's own browser on some system, a page inside a mini program, WeChat's developer tools; by name.
    WeChat(&'static str),
    /// Any other browser of a phone.
    Phone,
    /// Any other browser of a computer.
    Desktop,
}

const WECHAT: &str = "micromessenger";

/// Words of a user agent, in small letters, and whose they are if both are there.
///
/// The order matters: WeCom, the developer tools and mini programs carry WeChat's name too, and old WeChat for
/// Mac carries that of Windows. Versions are never compared: WeChat on HarmonyOS counts from 1.0 again.
const CLIENTS: [(&str, &str, Client); 12] = [
    ("wxwork", "", Client::WeCom),
    ("wechatdevtools", "", Client::WeChat("devtools")),
    ("miniprogram", "", Client::WeChat("miniprogram")),
    (WECHAT, "openharmony", Client::WeChat("wechat-harmonyos")),
    (WECHAT, "iphone", Client::WeChat("wechat-ios")),
    (WECHAT, "ipad", Client::WeChat("wechat-ios")),
    (WECHAT, "android", Client::WeChat("wechat-android")),
    (WECHAT, "macwechat", Client::WeChat("wechat-mac")),
    (WECHAT, "windowswechat", Client::WeChat("wechat-windows")),
    (WECHAT, "", Client::WeChat("wechat")),
    ("mobi", "", Client::Phone),
    ("android", "", Client::Phone),
];

impl Client {
    /// Tells by the user agent.
    pub fn of(user_agent: &str) -> Self {
        let has = |word| has(user_agent, word);
        let found = CLIENTS
            .iter()
            .find(|(one, other, _)| has(one) && has(other));
        found.map_or(Self::Desktop, |(_, _, client)| *client)
    }

    /// Its name in `<html data-client>`, for style sheets and for support.
    pub fn name(self) -> &'static str {
        match self {
            Self::WeCom => "wecom",
            Self::WeChat(name) => name,
            Self::Phone => "phone",
            Self::Desktop => "desktop",
        }
    }
}

/// Whether WeChat's authorize page works in the browser that calls itself this: one of [`Client::WeChat`].
pub fn can_authorize(user_agent: &str) -> bool {
    let mut wechats = ["wechatdevtools", "miniprogram", WECHAT].iter();
    !has(user_agent, "wxwork") && wechats.any(|word| has(user_agent, word))
}

/// Whether a word of ASCII is in it, in whatever letters.
fn has(text: &str, word: &str) -> bool {
    let mut rest = text.as_bytes();
    loop {
        let start = rest.get(..word.len());
        if start.is_some_and(|it| it.eq_ignore_ascii_case(word.as_bytes())) {
            return true;
        }
        let Some((_, behind)) = rest.split_first() else {
            return false;
        };
        rest = behind;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Client, can_authorize};

    #[test]
    fn every_client_is_told_by_its_user_agent() {
        let clients: BTreeMap<String, Vec<String>> =
            toml::from_str(include_str!("client.toml")).unwrap();
        for (name, user_agents) in clients {
            for user_agent in user_agents {
                let client = Client::of(&user_agent);
                assert_eq!(client.name(), name, "{user_agent}");
                let works =
                    name.starts_with("wechat") || name == "devtools" || name == "miniprogram";
                assert_eq!(can_authorize(&user_agent), works, "{user_agent}");
            }
        }
    }
}
