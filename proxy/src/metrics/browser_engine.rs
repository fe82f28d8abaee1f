//! Which browser engine a phone has, and how old it is: old ones need other words, and operators want to know how many
//! of them still come.

/// What a user agent says about the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(serde::Deserialize), serde(rename_all = "snake_case"))]
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
pub(crate) mod tests {
    use serde::Deserialize;

    use super::*;

    /// What is known about one user agent.
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(crate) struct Phone {
        pub(crate) user_agent: String,
        engine: BrowserEngine,
        wechat: Option<u16>,
        pub(crate) eval: bool,
    }

    /// User agents of phones and computers.
    pub(crate) fn phones() -> Vec<Phone> {
        #[derive(Deserialize)]
        struct Table {
            phones: Vec<Phone>,
        }
        let table: Table = toml::from_str(include_str!("user_agents.toml")).unwrap();
        table.phones
    }

    #[test]
    fn engines_of_phones_and_computers_are_told_apart() {
        for phone in phones() {
            let Phone {
                user_agent,
                engine,
                wechat,
                ..
            } = phone;
            assert_eq!(BrowserEngine::of(&user_agent), engine, "{user_agent}");
            assert_eq!(wechat_version(&user_agent), wechat, "{user_agent}");
        }
    }
}
