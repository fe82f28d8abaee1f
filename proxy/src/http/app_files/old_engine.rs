//! Phones whose browser does not know `'wasm-unsafe-eval'`.
//!
//! They run WebAssembly under a policy only if that says `'unsafe-eval'`; without it the user gets a blank page. Chrome
//! knows the narrower word since 97, Safari since 16. WeChat's browsers are both, years behind.

use crate::metrics::browser_engine::BrowserEngine;

/// Whether the browser that calls itself this needs the older word. One that nobody knows is taken for a new one.
pub(super) fn needs_unsafe_eval(user_agent: &str) -> bool {
    match BrowserEngine::of(user_agent) {
        BrowserEngine::Chrome(version) => version < 97,
        BrowserEngine::Safari(version) => version < 16,
        // WeChat on a Mac, and iPads that say they are one, leave out every version. The older word costs nothing there
        // but strictness.
        BrowserEngine::Unknown => {
            user_agent.contains("Macintosh") && user_agent.contains("AppleWebKit/605")
        }
    }
}

/// The same decision as a regular expression, for web servers that serve the app.
pub(crate) const OLD_ENGINES: &str = r"Chrome/([0-9]|[1-8][0-9]|9[0-6])[^0-9]|(iPhone|CPU) OS ([0-9]|1[0-5])[^0-9]|Version/([0-9]|1[0-5])[.][.0-9]* (Mobile/[A-Za-z0-9]+ )?Safari|Macintosh[^)]*[)] AppleWebKit/605[0-9.]* [(]KHTML, like Gecko[)]( Mobile/[A-Za-z0-9]+)?( MicroMessenger|$)";

#[cfg(test)]
mod tests {
    use super::*;

    /// Shortened; the user agents are real ones of WeChat's.
    const TABLE: [(&str, bool); 18] = [
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) MicroMessenger/6.8.0(0x16080000) MacWechat/3.8.6",
            true,
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
            true,
        ),
        (
            "Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/78.0.3904.62 XWEB/2693 MicroMessenger/8.0.1",
            true,
        ),
        (
            "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Chrome/86.0.4240.99 XWEB/4317 MicroMessenger/8.0.16",
            true,
        ),
        ("Mozilla/5.0 (Linux; Android 12) Chrome/96.0.4664.104", true),
        ("Mozilla/5.0 (Linux; Android 12) Chrome/97.0.4692.98", false),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/9.0.1", true),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/900.0.1", false),
        (
            "Mozilla/5.0 (Linux; Android 14) Version/4.0 Chrome/116.0.0.0 XWEB/1160117 MicroMessenger/8.0.47",
            false,
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) Version/4.0 Chrome/86.0.0.0",
            true,
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 15_8_1 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.47",
            true,
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 16_0 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.47",
            false,
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 9_3 like Mac OS X) Mobile",
            true,
        ),
        ("Mozilla/5.0 (iPad; CPU OS 14_4 like Mac OS X) Mobile", true),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/15.6 Safari/605.1.15",
            true,
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.1 Safari/605.1.15",
            false,
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            false,
        ),
        ("", false),
    ];

    #[test]
    fn engines_from_before_the_word_need_the_older_one() {
        for (user_agent, expected) in TABLE {
            assert_eq!(needs_unsafe_eval(user_agent), expected, "{user_agent}");
        }
    }

    #[test]
    fn web_servers_decide_alike() {
        let expression = regex::Regex::new(OLD_ENGINES).unwrap();
        for (user_agent, expected) in TABLE {
            assert_eq!(expression.is_match(user_agent), expected, "{user_agent}");
        }
    }

    #[test]
    fn strange_versions_are_new_ones() {
        for strange in [
            "Chrome/",
            "Chrome/x",
            "Chrome/99999999999999999999",
            "iPhone OS _",
        ] {
            assert!(!needs_unsafe_eval(strange), "{strange}");
        }
    }
}
