//! The documented nginx that serves the app, with the addresses of a test.

use std::net::SocketAddr;
use std::path::Path;

use tempfile::TempDir;
use wechat_login_proxy::commands::headers::{Format, for_page};
use wechat_login_proxy::config::PageOrigins;

use super::*;

/// The file itself, so that what is documented is what is tested.
const DOCUMENTED: &str = include_str!("../../../../docs/deploy/nginx-static.conf");

pub(crate) const PAGE: &str = "<!doctype html><title>app</title>";

/// How long a hasty one waits.
const SHORTER: [(&str, &str); 3] = [
    ("client_header_timeout 10s;", "client_header_timeout 1s;"),
    ("client_body_timeout 10s;", "client_body_timeout 1s;"),
    ("send_timeout 30s;", "send_timeout 2s;"),
];

/// The documented nginx in front of a proxy, and what is in the app's folder.
pub(crate) struct Site {
    pub(crate) nginx: Nginx,
    pub(crate) proxy: TestProxy,
    _folder: TempDir,
}

impl Site {
    /// The files of the folder are `app/…`, the page one of them. A hasty nginx waits for slow clients a second or two.
    pub(crate) async fn start(config: Config, files: &[(&str, &[u8])], is_hasty: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        add_files(folder.path(), &[("app/index.html", PAGE)]);
        add_files(folder.path(), files);
        let proxy = TestProxy::start_with(config).await;
        let shorter = if is_hasty { &SHORTER[..] } else { &[] };
        Self {
            nginx: start(folder.path(), PAGE, proxy.address, shorter),
            proxy,
            _folder: folder,
        }
    }
}

/// nginx in front of `proxy`, which serves what is in `app` of this folder, its page being this one.
pub(crate) fn nginx(folder: &Path, page: &str, proxy: SocketAddr) -> Nginx {
    start(folder, page, proxy, &[])
}

fn start(folder: &Path, page: &str, proxy: SocketAddr, shorter: &[(&'static str, &str)]) -> Nginx {
    let headers = for_page(page, &PageOrigins::default(), Format::Nginx);
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
