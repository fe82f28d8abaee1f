//! `trusted_proxies`: whether callers can be told apart.

use super::report::{Finding, Level};
use crate::config::Config;

/// One that listens on this machine only is reached through a web server; not trusting it makes all callers one.
pub(super) fn finding(config: &Config) -> Finding {
    const CHECK: &str = "trusted_proxies";
    if config.listen.ip().is_loopback() && config.trusted_proxies.is_empty() {
        return Finding::bad(
            Level::Warning,
            CHECK,
            "The proxy listens on this machine only, and trusted_proxies is empty.",
            "Everybody behind the web server counts as one caller: one limit on logins for all of them, and other request ids \
             than the web server's.",
            "write trusted_proxies = [\"127.0.0.1\"], and let the web server set X-Forwarded-For itself.",
        );
    }
    Finding::ok(
        CHECK,
        "Callers are told apart by address: that of the connection, or what trusted_proxies say.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::config_with;

    fn level(listen: &str, trusted: &str) -> Level {
        let lines = format!("listen = \"{listen}\"\ntrusted_proxies = [{trusted}]");
        finding(&config_with(&lines)).level
    }

    #[test]
    fn a_proxy_behind_a_web_server_nobody_trusts_is_a_warning() {
        assert_eq!(level("127.0.0.1:8081", ""), Level::Warning);
        assert_eq!(level("[::1]:8081", ""), Level::Warning);
        assert_eq!(level("127.0.0.1:8081", "\"127.0.0.1\""), Level::Ok);
        assert_eq!(level("0.0.0.0:8081", ""), Level::Ok);
    }
}
