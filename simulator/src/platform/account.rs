//! Official accounts, as their owner configured them in WeChat's console.

use crate::redirect::RedirectTarget;

/// One official account (公众号).
///
/// No `Debug`: it holds the secret.
#[derive(Clone)]
pub(crate) struct Account {
    /// `wx` and 16 hexadecimal digits.
    pub(crate) appid: String,
    /// The AppSecret. Never 32 hexadecimal digits, so that nobody takes it for a real one.
    pub(crate) secret: String,
    /// The name people know the account by.
    pub(crate) title: String,
    /// The open platform it is bound to. `None`: there is never a unionid.
    pub(crate) open_platform: Option<String>,
    /// The hosts registered as 网页授权域名, without scheme and port.
    pub(crate) domains: Vec<String>,
}

/// Why an address is not one this account may send codes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotRegistered {
    /// Another host.
    Host,
    /// The right host with a port, which WeChat does not take even if it is 443.
    Port,
}

impl Account {
    /// Whether codes may be sent there. WeChat's web authorization page: the whole host must match, a parent or a
    /// sister domain does not.
    ///
    /// Loopback hosts with any port are the simulator's one deviation: its accounts are for laptops.
    pub(crate) fn permits(&self, target: &RedirectTarget) -> Result<(), NotRegistered> {
        if target.is_loopback() {
            return Ok(());
        }
        if !self
            .domains
            .iter()
            .any(|domain| domain.eq_ignore_ascii_case(target.host()))
        {
            return Err(NotRegistered::Host);
        }
        match target.port() {
            None => Ok(()),
            Some(_) => Err(NotRegistered::Port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_registered_host_itself_and_loopback_are_permitted() {
        let account = Account {
            appid: "wx00000000000000c1".into(),
            secret: "simulator-secret-c1".into(),
            title: "测试".into(),
            open_platform: None,
            domains: vec!["www.shop.example".into()],
        };
        for (url, outcome) in [
            ("https://www.shop.example/a", Ok(())),
            ("http://WWW.shop.example", Ok(())),
            ("https://www.shop.example:443/", Err(NotRegistered::Port)),
            ("https://shop.example/", Err(NotRegistered::Host)),
            ("https://a.www.shop.example/", Err(NotRegistered::Host)),
            (
                "https://www.shop.example.evil.example/",
                Err(NotRegistered::Host),
            ),
            ("http://127.0.0.1:8080/", Ok(())),
            ("http://localhost/", Ok(())),
            ("http://[::1]:1/", Ok(())),
            ("http://127.0.0.2/", Err(NotRegistered::Host)),
            ("http://localhost.evil.example/", Err(NotRegistered::Host)),
        ] {
            assert_eq!(
                account.permits(&RedirectTarget::parse(url).unwrap()),
                outcome,
                "{url}"
            );
        }
    }
}
