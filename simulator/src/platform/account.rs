//! Official accounts and website applications, as their owner configured them in WeChat's consoles.

use serde::{Deserialize, Serialize};

use crate::redirect::RedirectTarget;

use super::{AuthorizeRefusal, GrantedScope, RegisteredDomain};

/// One official account (公众号) or website application (网站应用).
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
    /// What it is, and so which page and which scopes it may use.
    pub(crate) kind: AccountKind,
    /// The open platform it is bound to. `None`: there is never a unionid.
    pub(crate) open_platform: Option<String>,
    /// What is registered as 网页授权域名 (or 授权回调域 of a website application).
    pub(crate) domains: Vec<RegisteredDomain>,
    /// What it may ask for; anything else is 10005, and everything for an account that WeChat has not verified.
    pub(crate) scopes: Vec<GrantedScope>,
    /// http addresses are refused with 10039.
    pub(crate) https_only: bool,
    /// The account is banned: 10004.
    pub(crate) banned: bool,
    /// The account belongs to a third-party platform that it has not authorized: 10015.
    pub(crate) component: bool,
}

/// What an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AccountKind {
    /// A verified service account (服务号).
    #[default]
    Service,
    /// A test account (测试号): domains may be IP addresses with ports, people must follow it.
    Test,
    /// A website application (网站应用) of the Open Platform: `/connect/qrconnect` with `snsapi_login` only.
    Website,
}

impl AccountKind {
    /// All that an account of this kind may ask for, once WeChat has verified it.
    pub(crate) fn scopes(self) -> Vec<GrantedScope> {
        match self {
            Self::Service | Self::Test => GrantedScope::OFFICIAL.to_vec(),
            Self::Website => vec![GrantedScope::Login],
        }
    }

    /// What Chinese developers call it.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Service => "服务号",
            Self::Test => "测试号",
            Self::Website => "网站应用",
        }
    }
}

/// Whether a text has the form of a real AppSecret: 32 hexadecimal digits.
pub(crate) fn looks_like_a_real_secret(text: &str) -> bool {
    let text = text.trim();
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Why an address is not one this account may send codes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotRegistered {
    /// Another host.
    Host,
    /// The right host with another port; accounts that are no test accounts take no port, even if it is 443.
    Port,
    /// The right host, but not below the registered path.
    Path,
    /// http where https is configured.
    Scheme,
}

impl Account {
    /// Whether codes may be sent there. WeChat's web authorization page: the whole host must match, a parent or a
    /// sister domain does not; a registered path must be above the address.
    ///
    /// Loopback hosts with any port are the simulator's one deviation: its accounts are for laptops.
    pub(crate) fn permits(&self, target: &RedirectTarget) -> Result<(), NotRegistered> {
        if target.is_loopback() {
            return Ok(());
        }
        // The nearest miss is the most helpful one to be told.
        let mut reason = NotRegistered::Host;
        for domain in &self.domains {
            match domain.covers(target) {
                Ok(()) if self.https_only && !target.is_https() => {
                    return Err(NotRegistered::Scheme);
                }
                Ok(()) => return Ok(()),
                Err(NotRegistered::Host) => {}
                Err(nearer) => reason = nearer,
            }
        }
        Err(reason)
    }

    /// What a `scope` of an address asks for.
    pub(crate) fn granted(&self, scope: &str) -> Result<GrantedScope, AuthorizeRefusal> {
        GrantedScope::parse_list(scope, &self.scopes).ok_or_else(|| {
            let given = scope.to_owned();
            AuthorizeRefusal::UnknownScope { given }
        })
    }

    /// The registered domains as they are written in WeChat's console.
    pub(crate) fn domain_texts(&self) -> Vec<String> {
        self.domains.iter().map(ToString::to_string).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(kind: AccountKind, domains: &[&str]) -> Account {
        Account {
            appid: "wx00000000000000c1".into(),
            secret: "simulator-secret-c1".into(),
            title: "测试".into(),
            kind,
            open_platform: None,
            domains: domains
                .iter()
                .map(|text| RegisteredDomain::parse(text, kind).unwrap())
                .collect(),
            scopes: kind.scopes(),
            https_only: false,
            banned: false,
            component: false,
        }
    }

    fn check(account: &Account, cases: &[(&str, Result<(), NotRegistered>)]) {
        for (url, outcome) in cases {
            let target = RedirectTarget::parse(url).unwrap();
            assert_eq!(account.permits(&target), *outcome, "{url}");
        }
    }

    #[test]
    fn only_the_registered_host_itself_and_loopback_are_permitted() {
        check(
            &account(AccountKind::Service, &["www.shop.example"]),
            &[
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
            ],
        );
    }

    #[test]
    fn a_registered_path_covers_what_lies_below_it() {
        check(
            &account(AccountKind::Service, &["a.example/mp", "b.example"]),
            &[
                ("https://a.example/mp", Ok(())),
                ("https://a.example/mp/", Ok(())),
                ("https://a.example/mp/x?y", Ok(())),
                ("https://a.example/mp?x", Ok(())),
                ("https://a.example/mpx", Err(NotRegistered::Path)),
                ("https://a.example/", Err(NotRegistered::Path)),
                ("https://a.example/mp/../x", Err(NotRegistered::Path)),
                ("https://a.example/mp/%2e%2E/x", Err(NotRegistered::Path)),
                ("https://b.example/anything", Ok(())),
            ],
        );
    }

    #[test]
    fn a_test_account_has_its_own_port() {
        check(
            &account(AccountKind::Test, &["192.168.1.9:8080"]),
            &[
                ("http://192.168.1.9:8080/x", Ok(())),
                ("http://192.168.1.9/x", Err(NotRegistered::Port)),
                ("http://192.168.1.9:8081/x", Err(NotRegistered::Port)),
            ],
        );
    }

    #[test]
    fn https_may_be_demanded() {
        let mut account = account(AccountKind::Service, &["a.example"]);
        account.https_only = true;
        check(
            &account,
            &[
                ("https://a.example/", Ok(())),
                ("HTTPS://a.example/", Ok(())),
                ("http://a.example/", Err(NotRegistered::Scheme)),
                ("http://127.0.0.1/", Ok(())),
            ],
        );
    }
}
