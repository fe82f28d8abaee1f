//! The way to WeChat through a real forward proxy, tinyproxy: requests that it forwards whole where the API is plain
//! http, and tunnels where it is https, as WeChat's own is.

mod environment;
mod forwarding;
mod refusals;
mod relay;
mod socks;
mod tunnel;

use test_support::tinyproxy::Tinyproxy;

use crate::support::*;

/// What a proxy with a password is shown.
const USER: &str = "wechat-login";
const PASSWORD: &str = "proxyPasswordOfTests";
const WRONG_PASSWORD: &str = "otherPasswordOfTests";

/// A tinyproxy that wants a password.
fn with_password() -> Tinyproxy {
    must_not_be_logged();
    Tinyproxy::start(&format!("BasicAuth {USER} {PASSWORD}"))
}

/// The last is how `Proxy-Authorization` begins with this user.
const HIDDEN: [&str; 3] = [PASSWORD, WRONG_PASSWORD, "d2VjaGF0LWxvZ2luO"];

fn must_not_be_logged() {
    suite_log::must_not_be_logged(HIDDEN);
}

/// Its address with a password in it.
fn url_with(tinyproxy: &Tinyproxy, password: &str) -> String {
    format!("http://{USER}:{password}@{}", tinyproxy.address)
}

/// A proxy of ours whose WeChat is at `upstream`, asked through this forward proxy.
async fn through(upstream: &str, forward_proxy: &str) -> TestProxy {
    let config = config_with(upstream, &[("WECHAT__PROXY", forward_proxy)]);
    TestProxy::start_with(config).await
}

/// A login that ends in 503; the line of the log about it.
async fn failed_login(proxy: &TestProxy, code: &str) -> String {
    let response = proxy.sign_in(code, VERIFIER).await;
    line_of(&response.error(503, WechatUnavailable).await.request_id)
}
