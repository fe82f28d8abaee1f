//! The configuration of our proxy.

use std::net::SocketAddr;

/// As a site would have it, but with another host for WeChat's. The log is on, as it is by default. Everybody who asks
/// has the same address, so limits of what one address may ask are out of the way.
pub(crate) fn configuration(port: u16, wechat: SocketAddr, database: &str) -> String {
    format!(
        r#"
public_url = "https://shop.example"
listen = "127.0.0.1:{port}"
database_url = "{database}"
session_keys = ["0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"]
# WeChat's host is another one.
simulator = true

[wechat]
api_base = "http://{wechat}"
open_base = "http://{wechat}"

# One client makes all the load; counting it stays part of what is measured.
[limits]
exchanges_per_client_per_minute = 1000000
exchanges_per_minute = 1000000
writes_per_user_per_minute = 1000000

[accounts.shop]
appid = "wx00000000000000a1"
secret = "simulator-secret-a1"
title = "山茶书店"
platform = "camellia"
"#
    )
}

#[cfg(test)]
mod tests {
    use wechat_login_proxy::config::Config;

    use super::*;

    #[test]
    fn our_proxy_accepts_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("proxy.toml");
        let wechat = "127.0.0.1:8082".parse().unwrap();
        std::fs::write(&file, configuration(8081, wechat, "sqlite::memory:")).unwrap();
        if let Err(problems) = Config::load(&file) {
            panic!("{problems}");
        }
    }
}
