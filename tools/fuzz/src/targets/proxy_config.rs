//! The proxy's configuration for targets that need one.

use std::sync::Arc;

use wechat_login_proxy::config::Config;

/// Noon of some day in 2027.
pub(super) const NOW: u64 = 1_800_000_000;

/// One account, an old key and a new one.
///
/// # Panics
/// Never: it is a valid one.
pub(super) fn usual() -> Arc<Config> {
    let toml = r#"
        public_url = "https://shop.example"
        database_url = "sqlite::memory:"
        session_keys = ["new-0123456789abcdef0123456789abcdef", "old-0123456789abcdef0123456789abcdef"]
        trusted_proxies = ["10.0.0.0/8", "2001:db8::/32"]
        [accounts.shop]
        appid = "wx00000000000000a1"
        secret = "simulator-secret-a1"
        title = "山茶书店"
    "#;
    match Config::parse(toml, []) {
        Ok(config) => Arc::new(config),
        Err(problems) => panic!("{problems}"),
    }
}
