//! `?account=` in a page's address: the official account its users sign in under.

/// The account the address names, if it names one.
///
/// `search` is `location.search`. Nothing is percent-decoded: names are letters, digits and `_`. Any other text
/// comes back as it stands and is then an account nobody serves.
pub fn chosen_account(search: &str) -> Option<&str> {
    search
        .strip_prefix('?')
        .unwrap_or(search)
        .split('&')
        .find_map(|pair| pair.strip_prefix("account="))
        .filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::chosen_account;

    #[test]
    fn the_first_account_of_the_query_counts() {
        let table = [
            ("", None),
            ("?", None),
            ("?account=", None),
            ("?account=cafe", Some("cafe")),
            ("?tab=2&account=cafe&x=1", Some("cafe")),
            ("?account=cafe&account=shop", Some("cafe")),
            ("?my_account=cafe", None),
            ("??account=cafe", None),
            ("?account", None),
            ("?account=%63afe", Some("%63afe")),
        ];
        for (search, name) in table {
            assert_eq!(chosen_account(search), name, "{search}");
        }
    }
}
