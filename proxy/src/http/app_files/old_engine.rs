//! Phones whose browser does not know `'wasm-unsafe-eval'`.
//!
//! They run WebAssembly under a policy only if that says `'unsafe-eval'`; without it the user reads that the site's policy
//! stops the page. Chrome knows the narrower word since 97, Safari since 16. WeChat's browsers are both, years behind.

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
    use crate::metrics::browser_engine::tests::phones;

    #[test]
    fn old_engines_and_only_they_need_the_older_word_and_web_servers_decide_alike() {
        let expression = regex::Regex::new(OLD_ENGINES).unwrap();
        for phone in phones() {
            let user_agent = phone.user_agent.as_str();
            assert_eq!(needs_unsafe_eval(user_agent), phone.eval, "{user_agent}");
            assert_eq!(expression.is_match(user_agent), phone.eval, "{user_agent}");
        }
    }
}
