//! Addresses: what the console takes as callback domain, whether browsers send the cookie back, and whether callers can
//! be told apart.

use reqwest::Url;

use super::report::{Finding, Level, Subject};
use crate::config::Config;

/// Everything about addresses that can be known without asking anybody.
pub(super) fn findings(config: &Config) -> Vec<Finding> {
    let mut findings = vec![callback_domain(config), cookie(config)];
    if !config.require_wechat && !config.simulator {
        findings.push(Subject("require_wechat").warning(
            "require_wechat is false.",
            "WeChat's authorize page shows other browsers nothing but 请在微信客户端打开链接.",
            "remove the key: the app then shows them a QR code.",
        ));
    }
    findings.push(callers(config));
    findings
}

/// WeChat's console: no scheme, no port, no IP, a path where there is one; and the callback's host must be exactly what
/// stands there.
fn callback_domain(config: &Config) -> Finding {
    const CHECK: Subject = Subject("callback_domain");
    let url = config.public_url.as_url();
    if config.test_account {
        return test_account_domain(url);
    }
    let level = if config.simulator {
        Level::Warning
    } else {
        Level::Error
    };
    let why = "WeChat compares the host with 网页授权域名 and shows 10003 redirect_uri域名与后台配置不一致 instead of the app.";
    let bad = |what: String| {
        let fix = format!(
            "write the domain name under which users reach the site into public_url ({}); only a simulator, and with \
             test_account = true WeChat's test accounts (接口测试号), take anything else.",
            config.places.of("public_url")
        );
        CHECK.bad(level, what, why, fix)
    };
    let host = url.host_str().unwrap_or_default();
    let is_ip = host.starts_with('[') || host.parse::<std::net::IpAddr>().is_ok();
    if is_ip {
        return bad(format!("The host of public_url, {host}, is an IP address."));
    }
    if !host.contains('.') {
        return bad(format!(
            "The host of public_url, {host}, is no public domain name."
        ));
    }
    if let Some(port) = url.port() {
        return bad(format!("public_url names the port {port}."));
    }
    let enter = match url.path() {
        "/" => format!("`{host}`"),
        // An account has two such domains.
        path => format!(
            "`{host}{path}` (then its verification file lies below {path}) or `{host}` (at the root of the host)"
        ),
    };
    CHECK.ok(format!(
            "Enter exactly {enter}, without https:// and without a slash at the end, at mp.weixin.qq.com under 设置与开发 → 账号设置 → \
             功能设置 → 网页授权域名."
        ),
    )
}

/// The page of a test account takes an IP address and a port; without a port it means 80 and 443.
fn test_account_domain(url: &Url) -> Finding {
    const CHECK: Subject = Subject("callback_domain");
    let host = url.host_str().unwrap_or_default();
    if host == "localhost" || host.starts_with('[') {
        return CHECK.warning(
            format!("The host of public_url is {host}, and reports on whether test accounts take it contradict."),
            "WeChat compares it with what stands on the test account's page and shows 10003 instead of the app.",
            "write an IPv4 address of this machine, such as http://192.168.1.20:8080.",
        );
    }
    let port = url
        .port()
        .map_or_else(String::new, |port| format!(":{port}"));
    CHECK.ok(format!(
        "Enter exactly `{host}{port}`, without http:// and without a slash, as callback domain of 网页授权 on the test account's \
         page, mp.weixin.qq.com/debug/cgi-bin/sandbox?t=sandbox/login; whoever tries it out must follow the test account first, \
         or sees 10006."
    ))
}

fn cookie(config: &Config) -> Finding {
    const CHECK: Subject = Subject("cookie");
    if config.public_url.is_https() {
        let url = config.public_url.as_url();
        let what = match config.allowed_origins.as_slice() {
            [] => format!(
                "The session cookie is Secure, for {}{} only, and the app and its API are one site.",
                url.host_str().unwrap_or_default(),
                config.api_path()
            ),
            origins => format!(
                "The session cookie is Secure. It is sent from {} if this proxy's own host lies under the same domain \
                 (nobody but you knows its name), which https://publicsuffix.org decides.",
                origins.join(", ")
            ),
        };
        if config.is_unreachable_from_public_url() {
            return CHECK.error(
                "allowed_origins lists other hosts than public_url's.",
                "WeChat sends users back to public_url, and the app there may not ask this proxy.",
                format!("add {:?} to allowed_origins.", config.public_url.origin()),
            );
        }
        return CHECK.ok(what);
    }
    CHECK.warning(
        "public_url is plain http.",
        "the session cookie is not Secure, and WeChat shows 10039 where the console expects https.",
        "use https:// everywhere but with a simulator or a test account.",
    )
}

/// One that listens on this machine only is reached through a web server; not trusting it makes all callers one.
fn callers(config: &Config) -> Finding {
    const CHECK: Subject = Subject("trusted_proxies");
    if config.listen.ip().is_loopback() && config.trusted_proxies.is_empty() {
        return CHECK.warning("The proxy listens on this machine only, and trusted_proxies is empty.",
            "Everybody behind the web server counts as one caller: one limit on logins for all of them, and other request ids \
             than the web server's.",
            "write trusted_proxies = [\"127.0.0.1\"], and let the web server set X-Forwarded-For itself.",
        );
    }
    CHECK.ok(
        "Callers are told apart by address: that of the connection, or what trusted_proxies say.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::config_with;

    fn cookie_with(allowed: &str) -> Finding {
        cookie(&config_with(&format!("allowed_origins = [{allowed}]")))
    }

    #[test]
    fn an_app_that_may_not_ask_is_an_error() {
        assert_eq!(cookie_with("").level, Level::Ok);
        assert_eq!(cookie_with("\"https://shop.example\"").level, Level::Ok);
        let finding = cookie_with("\"https://www.shop.example\"");
        assert_eq!(finding.level, Level::Error);
        assert!(finding.fix.unwrap().contains("\"https://shop.example\""));
    }

    fn domain(url: &str, simulator: bool) -> Finding {
        callback_domain(&config_with(&format!(
            "public_url = \"{url}\"\nsimulator = {simulator}"
        )))
    }

    #[test]
    fn a_test_account_takes_plain_http_addresses_and_ports() {
        let finding = |url: &str| {
            callback_domain(&config_with(&format!(
                "public_url = \"{url}\"\ntest_account = true"
            )))
        };
        for (url, entered) in [
            ("http://192.168.1.20:8080", "`192.168.1.20:8080`"),
            ("http://192.168.1.20:80/h5", "`192.168.1.20`"),
            ("https://try.shop.example:8443", "`try.shop.example:8443`"),
        ] {
            let finding = finding(url);
            assert_eq!(finding.level, Level::Ok, "{finding}");
            assert!(finding.what.contains(entered), "{finding}");
        }
        assert_eq!(finding("http://localhost:8080").level, Level::Warning);
    }

    #[test]
    fn a_plain_domain_is_printed_as_the_console_wants_it() {
        let finding = domain("https://shop.example", false);
        assert_eq!(finding.level, Level::Ok);
        assert!(finding.what.contains("`shop.example`"), "{finding}");
        assert_eq!(domain("https://shop.example:443", false).level, Level::Ok);
        let finding = domain("https://shop.example/h5", false);
        for word in ["`shop.example/h5`", "`shop.example`"] {
            assert!(finding.what.contains(word), "{finding}");
        }
    }

    #[test]
    fn what_the_console_never_takes_is_an_error_and_with_a_simulator_a_warning() {
        for (url, word) in [
            ("https://203.0.113.7", "IP address"),
            ("https://[2001:db8::1]", "IP address"),
            ("https://localhost", "no public domain"),
            ("https://shop.example:8443", "port 8443"),
        ] {
            let finding = domain(url, false);
            assert_eq!(finding.level, Level::Error, "{finding}");
            assert!(finding.what.contains(word), "{finding}");
            assert!(finding.why.as_ref().unwrap().contains("10003"));
            assert_eq!(domain(url, true).level, Level::Warning);
        }
    }

    fn level(listen: &str, trusted: &str) -> Level {
        let lines = format!("listen = \"{listen}\"\ntrusted_proxies = [{trusted}]");
        callers(&config_with(&lines)).level
    }

    #[test]
    fn a_proxy_behind_a_web_server_nobody_trusts_is_a_warning() {
        assert_eq!(level("127.0.0.1:8081", ""), Level::Warning);
        assert_eq!(level("[::1]:8081", ""), Level::Warning);
        assert_eq!(level("127.0.0.1:8081", "\"127.0.0.1\""), Level::Ok);
        assert_eq!(level("0.0.0.0:8081", ""), Level::Ok);
    }
}
