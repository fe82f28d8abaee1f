//! The app where the proxy's `public_url` has it, at the root of its host or below a path.

use anyhow::Context as _;

use super::servers::{Server, Servers};
use crate::tools::Tools;

/// Where the app is built during development; `dist/` stays what `make build` made.
const FOLDER: &str = "target/dev/app";

/// The proxy's `public_url`, wherever that was set: in its configuration or by `WECHAT_LOGIN__PUBLIC_URL`.
pub(super) fn public_url(proxy: Server) -> anyhow::Result<String> {
    let bootstrap = proxy.get("/api/bootstrap")?;
    let rest = bootstrap.split_once("\"public_url\":\"");
    let (_, rest) = rest.context("the proxy does not say its public_url")?;
    Ok(rest.split('"').next().unwrap_or_default().to_owned())
}

/// Starts trunk, which passes `/api` on by `Trunk.toml`, and below a path has to be told of it.
pub(super) fn start(
    tools: &Tools,
    servers: &mut Servers,
    [app, proxy]: [Server; 2],
    public_url: &str,
) -> anyhow::Result<()> {
    let path = path_of(public_url);
    let mut trunk = tools.trunk();
    trunk.args(["serve", "--dist", FOLDER]);
    if !path.is_empty() {
        let api = format!("http://{}{path}/api", proxy.address());
        trunk.args(["--public-url", &format!("{path}/"), "--proxy-backend", &api]);
        trunk.args(["--proxy-no-redirect", "--proxy-no-system-proxy"]);
    }
    let health = format!("{path}/").leak();
    servers.start(Server { health, ..app }, &mut trunk)?;
    // Through the app's address, as the browser will ask: shows that the forwarding works too.
    servers.wait_until_answering(app, &format!("{path}/api/bootstrap"))
}

/// The path in it: empty, or such as `/h5`.
fn path_of(public_url: &str) -> String {
    let path = public_url.splitn(4, '/').nth(3);
    path.map_or_else(String::new, |it| format!("/{it}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_what_stands_behind_the_host() {
        for (public_url, path) in [
            ("http://127.0.0.1:8080", ""),
            ("http://127.0.0.1:8080/h5", "/h5"),
            ("https://shop.example/a/h5", "/a/h5"),
        ] {
            assert_eq!(path_of(public_url), path);
        }
    }
}
