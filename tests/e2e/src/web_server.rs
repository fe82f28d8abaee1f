//! nginx in front of the app, with the configuration of `docs/deploy/`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::ensure;
use test_support::nginx::Nginx;
use wechat_login_proxy::commands::headers::{Format, for_page};
use wechat_login_proxy::config::PageOrigins;

/// The file itself, so that what is documented is what is tested.
const DOCUMENTED: &str = include_str!("../../../docs/deploy/nginx-static.conf");
const SUBPATH: &str = include_str!("../../../docs/deploy/nginx-subpath.conf");

/// nginx serving the app in `folder`, with the proxy behind it unless the API is elsewhere.
pub(crate) fn start(
    folder: &Path,
    api: Option<&str>,
    proxy: SocketAddr,
    wechat: &str,
) -> anyhow::Result<Nginx> {
    let html = std::fs::read_to_string(folder.join("index.html"))?;
    let headers = for_page(&html, &origins_of(wechat), Format::Nginx);
    let app = format!("root {};", folder.display());
    let mut changes = vec![
        ("include /etc/nginx/wechat-login-headers.conf;", headers),
        ("root /usr/share/wechat-login/app;", app),
        ("server 127.0.0.1:8081;", format!("server {proxy};")),
    ];
    if api.is_some() {
        let nothing = "location ^~ /api/ { return 404;".to_owned();
        changes.push(("location ^~ /api/ {", nothing));
    }
    Ok(Nginx::documented(DOCUMENTED, changes))
}

/// nginx serving the app in `folder` below `/h5`, with the proxy behind it, and another application at the root.
pub(crate) fn start_below_a_path(
    folder: &Path,
    proxy: SocketAddr,
    other: SocketAddr,
    wechat: &str,
) -> anyhow::Result<Nginx> {
    let html = std::fs::read_to_string(folder.join("index.html"))?;
    let headers = for_page(&html, &origins_of(wechat), Format::Nginx);
    let app = format!("alias {}/;", folder.display());
    let changes = [
        ("include /etc/nginx/wechat-login-headers.conf;", headers),
        ("alias /usr/share/wechat-login/app/;", app),
        ("server 127.0.0.1:8081;", format!("server {proxy};")),
        ("server 127.0.0.1:9000;", format!("server {other};")),
    ];
    Ok(Nginx::documented(SUBPATH, changes))
}

/// A simulator has pictures of its own.
fn origins_of(simulator: &str) -> PageOrigins {
    PageOrigins {
        pictures: vec![simulator.to_owned()],
        ..PageOrigins::default()
    }
}

/// A copy of the app whose API is at `api`. Without compressed copies of the page, which would name another one.
pub(crate) fn copy_with_api_at(dist: &Path, folder: &Path, api: &str) -> anyhow::Result<()> {
    std::fs::create_dir(folder)?;
    for entry in std::fs::read_dir(dist)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == "index.html" {
            let own = "href=\"api/bootstrap\"";
            let html = std::fs::read_to_string(entry.path())?;
            ensure!(html.contains(own));
            let html = html.replace(own, &format!("href=\"{api}/api/bootstrap\""));
            std::fs::write(folder.join(name), html)?;
        } else if !name.starts_with("index.html") {
            std::fs::copy(entry.path(), folder.join(name))?;
        }
    }
    Ok(())
}

/// An app that a journey can go through.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum App {
    /// The release build of this repository's own.
    #[default]
    Own,
    /// `examples/tea-house`, somebody else's on the login's crate.
    TeaHouse,
    /// `examples/plain-page`, which nobody has to build.
    PlainPage,
}

impl App {
    /// The folder with its files: where a variable says, or else in this checkout.
    pub(crate) fn folder(self) -> anyhow::Result<PathBuf> {
        let (variable, folder) = match self {
            Self::Own => ("WECHAT_LOGIN_DIST", "dist"),
            Self::TeaHouse => ("WECHAT_LOGIN_EXAMPLE_DIST", "examples/tea-house/dist"),
            Self::PlainPage => ("", "examples/plain-page"),
        };
        let told = match variable {
            "" => None,
            name => std::env::var_os(name).filter(|told| !told.is_empty()),
        };
        let checkout = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
        let folder = told.map_or_else(|| checkout.join(folder), PathBuf::from);
        ensure!(
            folder.join("index.html").is_file(),
            "no app in {}; build it first, or say in {variable} where it is",
            folder.display()
        );
        Ok(folder.canonicalize()?)
    }
}
