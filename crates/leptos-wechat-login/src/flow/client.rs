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
        let user_agent = user_agent.to_ascii_lowercase();
        let is = |one, other| user_agent.contains(one) && user_agent.contains(other);
        let found = CLIENTS.iter().find(|(one, other, _)| is(*one, *other));
        found.map_or(Self::Desktop, |(_, _, client)| *client)
    }

    /// Whether WeChat's authorize page works here.
    pub fn can_authorize(self) -> bool {
        matches!(self, Self::WeChat(_))
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

#[cfg(test)]
mod tests {
    use super::Client;

    #[test]
    fn every_client_is_told_by_its_user_agent() {
        let table = [
            (
                "Mozilla/5.0 (Linux; Android 16; 2410DPN6CC; wv) AppleWebKit/537.36 Chrome/142.0.7444.158 Mobile Safari/537.36 XWEB/1420037 MMWEBSDK/20250804 MicroMessenger/8.0.63.2920(0x28003F3C) WeChat/arm64 Weixin NetType/4G",
                "wechat-android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.68(0x1800442b) NetType/WIFI",
                "wechat-ios",
            ),
            (
                "Mozilla/5.0 (Phone; OpenHarmony 5.0) Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile MicroMessenger/1.0.3.52(0xf3100334) Weixin NetType/4G",
                "wechat-harmonyos",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/132.0.0.0 Safari/537.36 NetType/WIFI MicroMessenger/7.0.20.1781(0x6700143B) WindowsWechat(0x63090a13) UnifiedPCWindowsWechat(0xf2541a35) XWEB/19977 Flue",
                "wechat-windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/132.0.0.0 MicroMessenger/7.0.20.1781(0x6700143B) MacWechat/3.8.7(0x13080712) UnifiedPCMacWechat(0xf26411f0) Flue",
                "wechat-mac",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) MicroMessenger/6.8.0(0x16080000) MacWechat/3.3(0x13030013) NetType/WIFI WindowsWechat",
                "wechat-mac",
            ),
            ("MicroMessenger/9.0 on something new", "wechat"),
            (
                "Mozilla/5.0 (Linux; Android 16; wv) Chrome/142 Mobile MicroMessenger/8.0.63 miniProgram/wx0123456789abcdef",
                "miniprogram",
            ),
            (
                "Mozilla/5.0 (iPhone) Mobile/15E148 MicroMessenger/8.0.68 MiniProgram",
                "miniprogram",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14) Chrome/138 Mobile wxwork/5.0.3 MicroMessenger/7.0.1 Language/zh",
                "wecom",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) WindowsWechat MicroMessenger/6.2 wxwork/4.1",
                "wecom",
            ),
            (
                "Mozilla/5.0 wechatdevtools/1.06.2304272 MicroMessenger/8.0.5 Language/zh_CN webview/1 miniprogramhtmlwebview",
                "devtools",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) Version/18.6 Mobile/15E148 Safari/604.1",
                "phone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 16) Chrome/142.0.0.0 Mobile Safari/537.36",
                "phone",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36",
                "desktop",
            ),
            ("", "desktop"),
        ];
        for (user_agent, name) in table {
            let client = Client::of(user_agent);
            assert_eq!(client.name(), name, "{user_agent}");
            let works = name.starts_with("wechat") || name == "devtools" || name == "miniprogram";
            assert_eq!(client.can_authorize(), works, "{user_agent}");
        }
    }
}
