//! Which browser engine a phone has, and how old it is: old ones need other words, and operators want to know how many
//! of them still come.

/// What a user agent says about the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BrowserEngine {
    /// Chromium, and so WeChat on Android and Windows, with the number of `Chrome/`.
    Chrome(u16),
    /// WebKit, and so everything on iOS, with the number of the system or of `Version/`.
    Safari(u16),
    /// Anything else.
    Unknown,
}

impl BrowserEngine {
    /// The engine of the browser that calls itself this.
    pub fn of(user_agent: &str) -> Self {
        if let Some(version) = version_after(user_agent, "Chrome/") {
            return Self::Chrome(version);
        }
        // On iOS every browser has Safari's engine; a Mac's system version says nothing, its Safari's does.
        ["iPhone OS ", "CPU OS ", "Version/"]
            .iter()
            .find_map(|marker| version_after(user_agent, marker))
            .map_or(Self::Unknown, Self::Safari)
    }
}

/// The first number of WeChat's own version, `MicroMessenger/8.0.47`, if this is WeChat.
pub fn wechat_version(user_agent: &str) -> Option<u16> {
    version_after(user_agent, "MicroMessenger/")
}

fn version_after(user_agent: &str, marker: &str) -> Option<u16> {
    let (_, rest) = user_agent.split_once(marker)?;
    let digits = rest.find(|c: char| !c.is_ascii_digit());
    rest.get(..digits.unwrap_or(rest.len()))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_of_phones_and_computers_are_told_apart() {
        for (user_agent, engine, wechat) in [
            (
                "Mozilla/5.0 (Linux; Android 12) Version/4.0 Chrome/86.0.4240.99 XWEB/4317 MicroMessenger/8.0.28",
                BrowserEngine::Chrome(86),
                Some(8),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 15_8_1 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/7.0.47",
                BrowserEngine::Safari(15),
                Some(7),
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 14_4 like Mac OS X)",
                BrowserEngine::Safari(14),
                None,
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.1 Safari/605.1.15",
                BrowserEngine::Safari(17),
                None,
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                BrowserEngine::Unknown,
                None,
            ),
            ("Chrome/99999999", BrowserEngine::Unknown, None),
            ("", BrowserEngine::Unknown, None),
        ] {
            assert_eq!(BrowserEngine::of(user_agent), engine, "{user_agent}");
            assert_eq!(wechat_version(user_agent), wechat, "{user_agent}");
        }
    }
}
