//! Whatever strangers write into `X-Forwarded-For`, they are never taken for somebody else.

use std::net::IpAddr;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use wechat_login_proxy::config::TrustedProxies;
use wechat_login_proxy::http::client_address::client_address;

use super::{parts::lines, proxy_config};

const HEADER: HeaderName = HeaderName::from_static("x-forwarded-for");

thread_local! {
    static TRUSTED: TrustedProxies = proxy_config::usual().trusted_proxies.clone();
}

/// Lines: the peer's address, then the header's lines.
pub(super) fn run(input: &[u8]) {
    let whole = String::from_utf8_lossy(input);
    let [peer, rest] = lines(&whole);
    let peer = peer
        .trim()
        .parse::<IpAddr>()
        .unwrap_or(IpAddr::from([10, 0, 0, 1]));
    let written: Vec<&str> = rest.split('\n').collect();
    TRUSTED.with(|trusted| {
        let headers = headers(&written);
        let client = client_address(Some(peer), &headers, trusted);
        let client = client.unwrap();
        assert_eq!(client, client.to_canonical(), "one address, one spelling");
        if !trusted.trusts(peer) {
            assert_eq!(client, peer.to_canonical(), "a stranger is who connects");
            return;
        }
        if trusted.trusts(client) {
            return;
        }
        // The header named a stranger, after whom nothing counts: neither the line before nor the address before.
        for before in ["6.6.6.6", "garbage", "10.0.0.9, 6.6.6.6"] {
            let mut more = vec![before];
            more.extend(&written);
            let headers = self::headers(&more);
            assert_eq!(client_address(Some(peer), &headers, trusted), Some(client));
        }
    });
    assert_eq!(
        client_address(None, &headers(&written), &TrustedProxies::default()),
        None
    );
}

fn headers(lines: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines {
        if let Ok(value) = HeaderValue::from_bytes(line.as_bytes()) {
            headers.append(HEADER, value);
        }
    }
    headers
}
