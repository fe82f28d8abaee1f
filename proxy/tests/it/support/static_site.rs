//! The documented nginx that serves the app, with the addresses of a test.

use std::net::SocketAddr;
use std::path::Path;

use test_support::nginx::Nginx;
use wechat_login_proxy::commands::headers::{Format, for_page};

/// The file itself, so that what is documented is what is tested.
const DOCUMENTED: &str = include_str!("../../../../docs/deploy/nginx-static.conf");

/// nginx in front of `proxy`, which serves what is in `app` of this folder, its page being this one.
pub(crate) fn nginx(folder: &Path, page: &str, proxy: SocketAddr) -> Nginx {
    start(folder, page, proxy, &[])
}

/// The same, waiting for slow clients a second or two.
pub(crate) fn hasty_nginx(folder: &Path, page: &str, proxy: SocketAddr) -> Nginx {
    let shorter = [
        ("client_header_timeout 10s;", "client_header_timeout 1s;"),
        ("client_body_timeout 10s;", "client_body_timeout 1s;"),
        ("send_timeout 30s;", "send_timeout 2s;"),
    ];
    start(folder, page, proxy, &shorter)
}

fn start(folder: &Path, page: &str, proxy: SocketAddr, shorter: &[(&'static str, &str)]) -> Nginx {
    let headers = for_page(page, &[], Format::Nginx);
    std::fs::write(folder.join("headers.conf"), headers).unwrap();
    let at = |name: &str| folder.join(name).display().to_string();
    let changes = [
        ("server 127.0.0.1:8081;", format!("server {proxy};")),
        ("/usr/share/wechat-login/app", at("app")),
        ("/etc/nginx/wechat-login-headers.conf", at("headers.conf")),
    ];
    let shorter = shorter
        .iter()
        .map(|(documented, ours)| (*documented, (*ours).to_owned()));
    Nginx::documented(DOCUMENTED, changes.into_iter().chain(shorter))
}
