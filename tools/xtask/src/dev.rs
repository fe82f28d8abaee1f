//! `cargo xtask dev`: simulator, proxy and app together until Ctrl-C, each rebuilt and restarted on change.
//!
//! ```text
//! browser ─▶ app 8080 (dev-server: pages, reload) ──/api──▶ proxy 8081 ──/sns──▶ simulator 8082
//!    └───────────────── /connect/oauth2/authorize ─────────────────────────────▶ simulator 8082
//! ```
//! The ports of proxy and simulator are also in `proxy/dev.toml`, which is what the proxy reads.

mod app;
mod building;
mod changes;
mod config;
mod forecast;
mod options;
mod ports;
mod programs;
mod server;
mod servers;
mod shared;
mod sources;
mod status;

use std::process::Command;
use std::time::SystemTime;

use anyhow::Context as _;

use crate::interrupt;
use crate::processes;
use crate::screen;

use app::App;
use building::Place;
use config::Config;
use forecast::Step;
use options::Options;
use programs::Programs;
use server::{APP, PROXY, SERVERS, SIMULATOR, Server};
use servers::Servers;
use shared::Shared;
use sources::Watched;

/// The key of the order system in the proxy's configuration.
const ORDER_SYSTEM_KEY: &str = "development-only-not-a-secret-orders-0123456789";

/// Runs until Ctrl-C.
///
/// # Errors
/// When a port is taken, or the programs do not build before anything runs.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let options = Options::read(arguments)?;
    // Before the long steps: whoever forgot an old terminal should not learn it after ten minutes.
    ports::require_free(&SERVERS, &options.listen())?;
    let mut dev = Dev::prepare(options)?;
    let ended = dev.start().and_then(|()| dev.keep_running());
    if interrupt::is_requested() {
        screen::say("ending simulator, proxy and app");
        dev.servers.stop_all();
        screen::say("all ended");
        return Ok(());
    }
    ended
}

/// All that runs, and what it was made of.
struct Dev {
    options: Options,
    servers: Servers,
    programs: Programs,
    written: [Option<SystemTime>; 5],
    sources: Watched,
    configuration: Watched,
    config: Config,
    app: App,
    /// What the steps of a first build take.
    steps: [Step; 2],
    /// Programs and app are of this, and still to be kept for other checkouts.
    to_keep: Option<(Shared, String)>,
    /// Programs and app were taken over from another checkout.
    is_taken_over: bool,
}

impl Dev {
    /// Programs, and the app if another checkout has it.
    fn prepare(options: Options) -> anyhow::Result<Dev> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let steps = forecast::steps(cores);
        // From here on a saved file counts.
        let sources = Watched::new(programs::SOURCES);
        let configuration = Watched::new([config::FILE]);
        let config = Config::unknown(&options);
        let app = App::new(config.path())?;
        let mut servers = Servers::default();

        let shared = Shared::open().zip(shared::hash().ok());
        let taken = shared.as_ref().and_then(|(shared, hash)| shared.take(hash));
        let is_taken_over = taken.is_some();
        let programs = match taken {
            Some(folder) => {
                screen::say("all of this has been compiled before on this machine");
                Programs::in_folder(folder)
            }
            None => {
                let place = Place {
                    steps: &steps,
                    number: 0,
                };
                let built = Programs::build(&mut servers, Some(place))?;
                built.context("simulator and proxy do not compile, see above")?
            }
        };
        Ok(Dev {
            written: programs.written(),
            to_keep: shared.filter(|_| !is_taken_over),
            options,
            servers,
            programs,
            sources,
            configuration,
            config,
            app,
            steps,
            is_taken_over,
        })
    }

    /// Starts everything; what does not start is tried again when something changes.
    fn start(&mut self) -> anyhow::Result<()> {
        self.start_simulator()?;
        if let Some(config) = Config::read(&self.programs, &self.options)? {
            self.config = config;
            self.start_proxy()?;
        } else {
            screen::complain(&format!(
                "the proxy does not start with {}; it does as soon as that is mended and saved",
                config::FILE
            ));
        }
        let is_elsewhere = self.app.path() != self.config.path();
        self.app.set_path(self.config.path());
        self.start_app_server()?;
        // Something to see on the order page. Everything else works without it.
        if self.servers.runs(PROXY) && processes::run(&mut self.order_system()).is_err() {
            screen::complain("no orders were bound to the simulated people, see above");
        }
        if self.is_taken_over && !is_elsewhere {
            return self.app.is_there();
        }
        let place = Place {
            steps: &self.steps,
            number: 1,
        };
        self.app
            .build(&self.programs, &mut self.servers, Some(place))?;
        // The app of another checkout is at the root of its host.
        let to_keep = self
            .to_keep
            .take()
            .filter(|_| self.config.path().is_empty());
        if let Some((shared, hash)) = to_keep
            && self.app.is_good()
            && shared::hash().is_ok_and(|now| now == hash)
        {
            // No reason to stop; the next checkout compiles for itself.
            let _ = shared.keep(&hash, &self.programs.path(""));
        }
        Ok(())
    }

    fn start_server(&mut self, server: Server) -> anyhow::Result<bool> {
        match server {
            SIMULATOR => self.start_simulator(),
            PROXY => match Config::read(&self.programs, &self.options)? {
                Some(_) => self.start_proxy(),
                None => {
                    screen::complain(&format!(
                        "the old proxy keeps running until {} is mended",
                        config::FILE
                    ));
                    Ok(false)
                }
            },
            _ => self.start_app_server(),
        }
    }

    fn start_simulator(&mut self) -> anyhow::Result<bool> {
        let command = self.simulator();
        self.servers.start(SIMULATOR, "", command)
    }

    fn simulator(&self) -> Command {
        let mut command = programs::start(&self.programs, SIMULATOR.program);
        self.listen(&mut command, SIMULATOR);
        command.args(["--accounts", config::FILE]);
        if let Some(host) = self.options.lan {
            command.args(["--permit-host", &host.to_string()]);
        }
        command
    }

    fn listen(&self, command: &mut Command, server: Server) {
        for address in self.options.listen() {
            command.args(["--listen", &format!("{address}:{}", server.port)]);
        }
    }

    fn start_proxy(&mut self) -> anyhow::Result<bool> {
        let command = self.config.proxy(&self.programs);
        self.servers.start(PROXY, "", command)
    }

    fn start_app_server(&mut self) -> anyhow::Result<bool> {
        let mut command = programs::start(&self.programs, APP.program);
        self.listen(&mut command, APP);
        command.args(["--app", app::FOLDER, "--status", status::FILE]);
        command.args(["--public-url", &self.config.public_url]);
        for (option, server) in [("--proxy", PROXY), ("--simulator", SIMULATOR)] {
            command.args([option, &format!("http://{}", server.address())]);
        }
        for backend in &self.options.backends {
            command.args(["--backend", backend]);
        }
        if self.options.lan.is_some() {
            command.arg("--lan");
        }
        if screen::is_terminal() {
            command.env("WECHAT_LOGIN_DEV_COLOUR", "1");
        }
        let path = self.config.path();
        self.servers.start(APP, &path, command)
    }

    /// Binds orders to the simulated people, as an order system does; ends by itself.
    fn order_system(&self) -> Command {
        let mut command = programs::start(&self.programs, "order-system");
        command.env("ORDER_SYSTEM_KEY", ORDER_SYSTEM_KEY);
        for (option, server) in [("--proxy", PROXY), ("--simulator", SIMULATOR)] {
            command.args([option, &format!("http://{}", server.address())]);
        }
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace;

    /// The same numbers stand in files that other programs read; this test is what keeps them equal.
    #[test]
    fn ports_agree_with_the_configuration_files() {
        let trunk = workspace::read("Trunk.toml").unwrap();
        assert!(trunk.contains(&format!("port = {}", APP.port)));
        assert!(trunk.contains(&format!("http://{}/api", PROXY.address())));
        let proxy = workspace::read(config::FILE).unwrap();
        assert!(proxy.contains(&PROXY.address()));
        assert!(proxy.contains(&format!("http://{}", SIMULATOR.address())));
        assert!(proxy.contains(&format!("http://{}", APP.address())));
        assert!(proxy.contains(&format!("orders = \"{ORDER_SYSTEM_KEY}\"")));
    }
}
