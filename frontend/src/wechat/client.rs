//! Which browser this is, for hints only: a user agent proves nothing.

/// Whether official-account authorization can work here.
///
/// WeCom (企业微信) carries `MicroMessenger` too but does not offer it, so `wxwork` is asked first.
/// Versions are never compared: WeChat on HarmonyOS counts from 1.0 again.
pub fn is_wechat(user_agent: &str) -> bool {
    let user_agent = user_agent.to_ascii_lowercase();
    !user_agent.contains("wxwork") && user_agent.contains("micromessenger")
}

#[cfg(test)]
mod tests {
    use super::is_wechat;

    #[test]
    fn wechat_is_told_from_wecom_and_other_browsers() {
        let table = [
            (
                "… Mobile/15E148 MicroMessenger/8.0.68(0x1800442b) NetType/WIFI Language/zh_CN",
                true,
            ),
            (
                "… ArkWeb/4.1.6.1 Mobile MicroMessenger/1.0.3.52(0xf3100334) Weixin NetType/4G",
                true,
            ),
            (
                "… wechatdevtools/1.06.2304272 MicroMessenger/8.0.5 Language/zh_CN webview/",
                true,
            ),
            ("… wxwork/5.0.3 MicroMessenger/7.0.1 Language/zh", false),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) Version/18.6 Safari/604.1",
                false,
            ),
            ("", false),
        ];
        for (user_agent, expected) in table {
            assert_eq!(is_wechat(user_agent), expected, "{user_agent}");
        }
    }
}
