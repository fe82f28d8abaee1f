//! How each server is started, and its version.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::Context;
use bench::report::{self, said_by};
use bench::server::Server;
use test_support::nginx::program as nginx_program;

use crate::Programs;
use crate::plan::{Contender, Scenario};

/// Packages of Python's whose versions matter.
const PYTHON: [&str; 3] = ["fastapi", "wechatpy", "uvicorn"];

impl Contender {
    pub(crate) const fn is_ours(self) -> bool {
        matches!(self, Self::Sqlite | Self::Postgres | Self::Memory)
    }

    /// Where it answers the requests of a scenario.
    pub(crate) const fn path(self, scenario: Scenario) -> &'static str {
        match (self, scenario) {
            (Self::Nginx, Scenario::Session) => "/who",
            (_, Scenario::Exchange | Scenario::Session) => "/api/session",
            (_, Scenario::Auth) => "/api/auth",
            (_, Scenario::Jssdk) => "/api/jssdk?url=https://shop.example/orders",
            (_, Scenario::Get) => "/api/records/order/2026-0000",
            (_, Scenario::Put | Scenario::List) => "/api/records",
        }
    }

    /// The address of the database of a server that keeps everything in `folder` or, if it is told to, in one of
    /// PostgreSQL.
    pub(crate) fn database(self, postgres: Option<&str>, folder: &Path) -> String {
        match (self, postgres) {
            (Self::Sqlite, _) => format!("sqlite:{}/proxy.sqlite", folder.display()),
            (Self::Postgres, Some(url)) => url.to_owned(),
            _ => "sqlite::memory:".to_owned(),
        }
    }

    /// Adds to a command what serves on this core at the first address, where WeChat is at the second one.
    pub(crate) fn command(
        self,
        command: &mut Command,
        programs: &Programs,
        core: &str,
        database: &str,
        addresses: [SocketAddr; 2],
        folder: &Path,
    ) -> anyhow::Result<()> {
        let [address, wechat] = addresses;
        command.args(["taskset", "-c", core]);
        match self {
            Self::Nginx => nginx(command, programs, "floor.conf", addresses, folder)?,
            Self::Sqlite | Self::Postgres | Self::Memory => {
                let template = read(&programs.sources.join("proxy.toml"))?;
                let config = filled(&template, addresses).replace("{database}", database);
                let file = folder.join("proxy.toml");
                std::fs::write(&file, config)?;
                command
                    .arg(&programs.proxy)
                    .args(["serve", "--config"])
                    .arg(file);
            }
            Self::Node => {
                command
                    .arg("node")
                    .arg(programs.sources.join("node/server.js"))
                    .env("NODE_PATH", &programs.node_modules)
                    .env("NODE_ENV", "production")
                    .env("PORT", address.port().to_string())
                    .env("WECHAT", format!("http://{wechat}"));
            }
            Self::Python => {
                command
                    .arg(&programs.python)
                    .args(["-B", "-m", "uvicorn", "server:app", "--workers", "1"])
                    .args(["--port", &address.port().to_string(), "--app-dir"])
                    .arg(programs.sources.join("python"))
                    .env("WECHAT", format!("http://{wechat}"));
            }
        }
        Ok(())
    }
}

/// nginx in WeChat's place.
pub(crate) async fn start_wechat(programs: &Programs) -> anyhow::Result<Server> {
    Server::start(|command, address, folder| {
        nginx(command, programs, "wechat.conf", [address; 2], folder)
    })
    .await
}

/// Writes the configuration of a `site` into `folder`, and adds to a command what runs nginx there.
fn nginx(
    command: &mut Command,
    programs: &Programs,
    site: &str,
    addresses: [SocketAddr; 2],
    folder: &Path,
) -> anyhow::Result<()> {
    let sources = programs.sources.join("nginx");
    let site = filled(&read(&sources.join(site))?, addresses);
    std::fs::write(folder.join("site.conf"), site)?;
    std::fs::copy(sources.join("main.conf"), folder.join("nginx.conf"))?;
    command
        .arg(nginx_program().context("nginx is not installed")?)
        // The log it writes before it has read its configuration would else be the system's.
        .args(["-e", "error.log", "-c", "nginx.conf", "-p"])
        .arg(folder);
    Ok(())
}

fn filled(template: &str, [address, wechat]: [SocketAddr; 2]) -> String {
    template
        .replace("{port}", &address.port().to_string())
        .replace("{wechat}", &wechat.port().to_string())
}

/// Names and versions, as in `nginx 1.22.1, Node 20.20.2, express 5.3.0`.
pub(crate) fn versions(programs: &Programs) -> anyhow::Result<String> {
    let said = |program: &Path, option| {
        let name = program.display().to_string();
        said_by(&name, &[option]).with_context(|| format!("{name} tells no version"))
    };
    let nginx = said(&nginx_program().context("nginx is not installed")?, "-v")?
        .replace("nginx version: nginx/", "nginx ");
    let node = said(Path::new("node"), "--version")?.replace('v', "Node ");
    let mut versions = vec![nginx, node];
    versions.push(report::versions(
        &programs.sources.join("node/package.json"),
    )?);
    versions.push(said(&programs.python, "--version")?);
    let requirements = read(&programs.sources.join("python/requirements.txt"))?;
    for name in PYTHON {
        let version = requirements.lines().find_map(|line| {
            let pin = line.strip_prefix(name)?.strip_prefix("==")?;
            pin.split(' ').next()
        });
        let version = version.with_context(|| format!("no {name}"))?;
        versions.push(format!("{name} {version}"));
    }
    if let Some(postgres) = said_by("psql", &["--version"]) {
        versions.push(postgres.replace("psql (PostgreSQL)", "PostgreSQL"));
    }
    versions.push(said(&programs.oha, "--version")?);
    Ok(versions.join(", "))
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use wechat_login_proxy::config::Config;

    use super::*;

    #[test]
    fn our_proxy_accepts_its_configuration() {
        let template = include_str!("../../proxy/proxy.toml");
        let address = "127.0.0.1:8082".parse().unwrap();
        let config = filled(template, [address; 2]).replace("{database}", "sqlite::memory:");
        if let Err(problems) = Config::parse(&config, []) {
            panic!("{problems}");
        }
    }
}
