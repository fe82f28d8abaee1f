//! The documented nginx that serves the app, with the addresses of a test.

use std::net::SocketAddr;
use std::path::Path;

use wechat_login_proxy::web_server_headers::{Format, for_page};

use test_support::nginx::Nginx;

/// The file itself, so that what is documented is what is tested.
const DOCUMENTED: &str = include_str!("../../../../docs/deploy/nginx-static.conf");

/// nginx in front of `proxy`, which serves what is in `app` of this folder, its page being this one.
pub(crate) fn nginx(folder: &Path, page: &str, proxy: SocketAddr) -> Nginx {
    let headers = for_page(page, &[], Format::Nginx);
    std::fs::write(folder.join("headers.conf"), headers).unwrap();
    let at = |name: &str| folder.join(name).display().to_string();
    let changes = [
        ("server 127.0.0.1:8081;", format!("server {proxy};")),
        ("/usr/share/wechat-login/app", at("app")),
        ("/etc/nginx/wechat-login-headers.conf", at("headers.conf")),
    ];
    Nginx::documented(DOCUMENTED, changes)
}
