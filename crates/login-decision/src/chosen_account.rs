//! `?account=` in a page's address: the official account its users sign in under.

use crate::text::{parts, split};

/// The account the address names, if it names one.
///
/// `local` is an address, or the part of it with the query. Nothing is percent-decoded: names are letters, digits and
/// `_`. Any other text comes back as it stands and is then an account nobody serves.
pub fn chosen_account(local: &str) -> Option<&str> {
    let (_, query, _) = parts(local);
    split(query?, b'&')
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
            ("/orders?tab=2&account=cafe#account=shop", Some("cafe")),
            ("/account=cafe#?account=cafe", None),
        ];
        for (local, name) in table {
            assert_eq!(chosen_account(local), name, "{local}");
        }
    }
}
