//! Every user agent is some client's.

use leptos_wechat_login::flow::client::Client;
use wechat_login_proxy::kernel::{Kernel, wechat_version};

use super::parts::text;

/// The header.
pub(super) fn run(input: &[u8]) {
    let user_agent = text(input);
    let client = Client::of(&user_agent);
    assert_eq!(Client::of(&user_agent.to_ascii_uppercase()), client);
    assert_eq!(Client::of(&user_agent.to_ascii_lowercase()), client);
    let name = client.name();
    assert!(name.bytes().all(|it| it.is_ascii_lowercase() || it == b'-'));
    if client.can_authorize() {
        let lower = user_agent.to_ascii_lowercase();
        let words = ["micromessenger", "wechatdevtools", "miniprogram"];
        assert!(words.iter().any(|word| lower.contains(word)) && !lower.contains("wxwork"));
    }
    // The labels of metrics are few, whatever phones call themselves.
    let _ = Kernel::of(&user_agent);
    if let Some(version) = wechat_version(&user_agent) {
        assert!(user_agent.contains(&version.to_string()));
    }
}
