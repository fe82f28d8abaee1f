//! The three servers of `make dev`: their ports, and how each is started.
//!
//! ```text
//! browser ─▶ app 8080 (trunk: pages, reload) ──/api──▶ proxy 8081 ──/sns──▶ simulator 8082
//!    └───────────────── /connect/oauth2/authorize ────────────────────────▶ simulator 8082
//! ```
//! The ports are also in `Trunk.toml` (app) and `proxy/dev.toml` (proxy, simulator), which is what the servers read.

use std::process::Command;

use crate::screen::Colour;
use crate::tools::Tools;
use crate::workspace;

/// Where the app is built during development; `dist/` stays what `make build` made.
const APP_FOLDER: &str = "target/dev/app";

/// One of the three servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Service {
    /// Its name in front of its log lines and in messages.
    pub(crate) name: &'static str,
    /// The colour of that name.
    pub(crate) colour: Colour,
    /// The port on 127.0.0.1.
    pub(crate) port: u16,
    /// A path that answers 200 once it works.
    pub(crate) health: &'static str,
}

/// WeChat's side.
pub(crate) const SIMULATOR: Service = Service {
    name: "simulator",
    colour: Colour::Yellow,
    port: 8082,
    health: "/_simulator/health",
};

/// Our server.
pub(crate) const PROXY: Service = Service {
    name: "proxy",
    colour: Colour::Blue,
    port: 8081,
    health: "/healthz",
};

/// trunk, which builds the app, serves it and reloads the page.
pub(crate) const APP: Service = Service {
    name: "app",
    colour: Colour::Magenta,
    port: 8080,
    health: "/",
};

/// The package of each server that is restarted when its program changes.
pub(crate) const PACKAGES: [(Service, &str); 2] = [
    (SIMULATOR, "wechat-simulator"),
    (PROXY, "wechat-login-proxy"),
];

/// The folders whose files make up those programs, or configure them.
pub(crate) const SOURCES: [&str; 3] = ["crates", "proxy", "simulator"];

/// The proxy's configuration for development.
pub(crate) const PROXY_CONFIG: &str = "proxy/dev.toml";

/// The example that gives the simulated people something on the order page.
const ORDER_SYSTEM: &str = "order_system";

/// Its key in the proxy's configuration for development.
pub(crate) const ORDER_SYSTEM_KEY: &str = "development-only-not-a-secret-orders-0123456789";

/// `cargo build` of both programs, and of the order system.
pub(crate) fn build() -> Command {
    let mut command = workspace::cargo();
    command.arg("build");
    for (_, package) in PACKAGES {
        command.args(["--package", package, "--bin", package]);
    }
    command.args(["--example", ORDER_SYSTEM]);
    command
}

/// Binds orders to the simulated people, as an order system does; needs simulator and proxy, ends by itself.
///
/// # Errors
/// When the folder of built programs is not known.
pub(crate) fn order_system() -> anyhow::Result<Command> {
    let program = workspace::debug_binary("examples")?.join(ORDER_SYSTEM);
    let mut command = workspace::command(program);
    command.env("ORDER_SYSTEM_KEY", ORDER_SYSTEM_KEY);
    for (option, service) in [("--proxy", PROXY), ("--simulator", SIMULATOR)] {
        command.args([option, &format!("http://127.0.0.1:{}", service.port)]);
    }
    Ok(command)
}

/// The command line of a server.
///
/// # Errors
/// When the folder of built programs is not known.
pub(crate) fn command(service: Service, tools: &Tools) -> anyhow::Result<Command> {
    if service == APP {
        let mut command = tools.trunk();
        command.args(["serve", "--dist", APP_FOLDER]);
        return Ok(command);
    }
    let package = PACKAGES
        .iter()
        .find_map(|(owner, package)| (*owner == service).then_some(*package));
    let program = workspace::debug_binary(package.unwrap_or(service.name))?;
    let mut command = workspace::command(program);
    if service == PROXY {
        command.args(["serve", "--config", PROXY_CONFIG]);
    } else {
        command.args(["--listen", &format!("127.0.0.1:{}", service.port)]);
    }
    if !crate::screen::is_terminal() {
        command.env("NO_COLOR", "1");
    }
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same numbers stand in files that other programs read; this test is what keeps them equal.
    #[test]
    fn ports_agree_with_the_configuration_files() {
        let read = |path: &str| std::fs::read_to_string(workspace::root().join(path)).unwrap();
        let trunk = read("Trunk.toml");
        assert!(trunk.contains(&format!("port = {}", APP.port)));
        assert!(trunk.contains(&format!("http://127.0.0.1:{}/api", PROXY.port)));
        let proxy = read(PROXY_CONFIG);
        assert!(proxy.contains(&format!("127.0.0.1:{}", PROXY.port)));
        assert!(proxy.contains(&format!("http://127.0.0.1:{}", SIMULATOR.port)));
        assert!(proxy.contains(&format!("http://127.0.0.1:{}", APP.port)));
        assert!(proxy.contains(&format!("orders = \"{ORDER_SYSTEM_KEY}\"")));
    }
}
