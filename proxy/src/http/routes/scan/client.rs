//! Which computer asks, in words for its user.

/// What a user agent says, in two words that people know; nothing of what it says otherwise.
pub(super) fn client_of(user_agent: &str) -> String {
    // The order matters: most browsers name others, too.
    const BROWSERS: [(&str, &str); 9] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("QQBrowser/", "QQ"),
        ("MetaSr", "Sogou"),
        ("UCBrowser/", "UC"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("Windows", "Windows"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Macintosh", "macOS"),
        ("Android", "Android"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let known = |names: &[(&str, &'static str)]| {
        let mut names = names.iter();
        let name = names.find(|(word, _)| user_agent.contains(word));
        name.map(|(_, name)| *name)
    };
    let words = [known(&BROWSERS), known(&SYSTEMS)];
    words.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::client_of;

    const CHROME: &str = "AppleWebKit/537.36 Chrome/126.0 Safari/537.36";
    const SAFARI: &str = "Version/17.5 Safari/605.1.15";

    #[test]
    fn a_browser_is_told_in_two_words_and_a_foreign_one_not_at_all() {
        for (system, browser, expected) in [
            ("(Windows NT 10.0; Win64)", CHROME, "Chrome · Windows"),
            (
                "(Windows NT 10.0)",
                "Chrome/126.0 Edg/126.0",
                "Edge · Windows",
            ),
            ("(Macintosh; Intel Mac OS X)", SAFARI, "Safari · macOS"),
            ("(X11; Linux x86_64)", "Firefox/128.0", "Firefox · Linux"),
            ("<script>", "alert(1)</script>", ""),
            ("Linux", "", "Linux"),
        ] {
            let user_agent = format!("Mozilla/5.0 {system} {browser}");
            assert_eq!(client_of(&user_agent), expected, "{user_agent}");
        }
    }
}
