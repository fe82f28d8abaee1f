//! `cargo xtask dev`: simulator, proxy and app together until Ctrl-C, each rebuilt and restarted on change.
//!
//! ```text
//! browser ─▶ app 8080 (trunk: pages, reload) ──/api──▶ proxy 8081 ──/sns──▶ simulator 8082
//!    └───────────────── /connect/oauth2/authorize ────────────────────────▶ simulator 8082
//! ```
//! The ports are also in `Trunk.toml` (app) and `proxy/dev.toml` (proxy, simulator), which is what the servers read.

mod app;
mod servers;

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use crate::interrupt;
use crate::processes::{self, Group, POLL};
use crate::screen::{self, Colour};
use crate::tools;
use crate::workspace;

use servers::{Server, Servers};

/// WeChat's side.
const SIMULATOR: Server = Server {
    name: "simulator",
    program: "wechat-simulator",
    colour: Colour::Yellow,
    port: 8082,
    health: "/_simulator/health",
};

/// Our server.
const PROXY: Server = Server {
    name: "proxy",
    program: "wechat-login-proxy",
    colour: Colour::Blue,
    port: 8081,
    health: "/healthz",
};

/// trunk, which builds the app, serves it and reloads the page.
const APP: Server = Server {
    name: "app",
    program: "trunk",
    colour: Colour::Magenta,
    port: 8080,
    health: "/",
};

/// Those that are restarted when their program changes.
const RESTARTED: [Server; 2] = [SIMULATOR, PROXY];

/// The folders whose files make up those programs, or configure them.
const SOURCES: [&str; 3] = ["crates", "proxy", "simulator"];

/// What is quiet for this long has been written to its end.
const QUIET: Duration = Duration::from_millis(300);

/// The proxy's configuration for development.
const PROXY_CONFIG: &str = "proxy/dev.toml";

/// The example that gives the simulated people something on the order page, and its key in that configuration.
const ORDER_SYSTEM: &str = "order_system";
const ORDER_SYSTEM_KEY: &str = "development-only-not-a-secret-orders-0123456789";

/// Runs until Ctrl-C.
///
/// # Errors
/// When a port is taken, something does not build or one of the servers ends; the others are ended first.
pub(crate) fn run() -> anyhow::Result<()> {
    // Before the long steps: whoever forgot an old terminal should not learn it after ten minutes.
    require_free(&[SIMULATOR, PROXY, APP])?;
    let tools = tools::ensure()?;
    screen::say(
        "building simulator and proxy (about 1 minute the first time on two cores, then seconds)",
    );
    processes::run(&mut build())?;

    // From here on a saved file counts, also while the app is compiled for the first time.
    let sources = sources(&workspace::root());
    let programs = written();
    let mut servers = Servers::default();
    for server in RESTARTED {
        servers.start(server, &mut command(server)?)?;
    }
    // Something to see on the order page. Everything else works without it.
    if order_system()
        .and_then(|mut command| processes::run(&mut command))
        .is_err()
    {
        screen::complain("no orders were bound to the simulated people, see above");
    }
    screen::say(
        "compiling the app to WebAssembly (about 1 minute the first time on two cores, then seconds)",
    );
    let public_url = app::public_url(PROXY)?;
    app::start(&tools, &mut servers, [APP, PROXY], &public_url)?;
    print_what_to_open(&public_url);

    let ended = keep_running(&mut servers, sources, programs);
    if interrupt::is_requested() {
        screen::say("ending simulator, proxy and app");
        servers.stop_all();
        screen::say("all ended");
        return Ok(());
    }
    ended
}

/// Returns only with an error: a server that ended, or the interruption.
fn keep_running(
    servers: &mut Servers,
    mut built: Sources,
    mut programs: [Written; 2],
) -> anyhow::Result<()> {
    let mut last = built;
    loop {
        servers.check()?;
        std::thread::sleep(QUIET);
        let before = std::mem::replace(&mut last, sources(&workspace::root()));
        // Saving one file takes several writes, a branch switch hundreds: they are one change.
        let is_quiet = before == last;
        if is_quiet && last != built {
            built = last;
            if !rebuild(servers)? {
                continue;
            }
            let before = std::mem::replace(&mut programs, written());
            if before == programs {
                screen::say("it makes no difference to the running programs");
            }
            for (position, server) in RESTARTED.into_iter().enumerate() {
                if before[position] != programs[position] {
                    screen::say(&format!("restarting the {}", server.name));
                    servers.stop(server);
                    servers.start(server, &mut command(server)?)?;
                    screen::say(&format!("the {} runs again", server.name));
                }
            }
        }
    }
}

/// How many source files there are and when the last was written. They are asked again and again: what a system would
/// tell by itself differs between systems, has limits, and reads are mixed with it.
type Sources = (usize, Option<SystemTime>);

fn sources(root: &Path) -> Sources {
    let files = SOURCES.map(|folder| workspace::files(&root.join(folder)));
    let files: Vec<PathBuf> = files.into_iter().flatten().flatten().collect();
    let written = files
        .iter()
        .map(|file| file.metadata().ok()?.modified().ok());
    (files.len(), written.max().flatten())
}

/// Builds while the old programs keep running. False when it does not build: the error is on the screen.
fn rebuild(servers: &mut Servers) -> anyhow::Result<bool> {
    screen::say("a source file has changed, building");
    let mut command = build();
    command
        .arg("--quiet")
        .env("CARGO_TERM_COLOR", screen::colours());
    let mut build = Group::labelled(&mut command, "build", Colour::Cyan)?;
    let status = loop {
        if let Some(status) = build.try_wait()? {
            break status;
        }
        servers.check()?;
        std::thread::sleep(POLL);
    };
    if !status.success() {
        screen::complain("it does not build; the old programs keep running until it does");
    }
    Ok(status.success())
}

/// When a program and its configuration were written.
type Written = [Option<SystemTime>; 2];

/// What the programs look like now: cargo decides what a changed source file means, so a program has changed when cargo
/// has written it anew.
fn written() -> [Written; 2] {
    RESTARTED.map(|server| {
        let program = workspace::debug_binary(server.program).ok();
        let config = (server == PROXY).then(|| workspace::root().join(PROXY_CONFIG));
        [program, config].map(|file| std::fs::metadata(file?).ok()?.modified().ok())
    })
}

/// `cargo build` of both programs, and of the order system.
fn build() -> Command {
    let mut command = workspace::cargo();
    command.args(["build", "--example", ORDER_SYSTEM]);
    for Server { program, .. } in RESTARTED {
        command.args(["--package", program, "--bin", program]);
    }
    command
}

/// The command line of simulator or proxy.
fn command(server: Server) -> anyhow::Result<Command> {
    let mut command = workspace::command(workspace::debug_binary(server.program)?);
    if server == PROXY {
        command.args(["serve", "--config", PROXY_CONFIG]);
    } else {
        command.args(["--listen", &server.address()]);
    }
    if !screen::is_terminal() {
        command.env("NO_COLOR", "1");
    }
    Ok(command)
}

/// Binds orders to the simulated people, as an order system does; needs simulator and proxy, ends by itself.
fn order_system() -> anyhow::Result<Command> {
    let program = workspace::debug_binary("examples")?.join(ORDER_SYSTEM);
    let mut command = workspace::command(program);
    command.env("ORDER_SYSTEM_KEY", ORDER_SYSTEM_KEY);
    for (option, server) in [("--proxy", PROXY), ("--simulator", SIMULATOR)] {
        command.args([option, &format!("http://{}", server.address())]);
    }
    Ok(command)
}

fn require_free(servers: &[Server]) -> anyhow::Result<()> {
    let is_taken =
        |server: &&Server| TcpListener::bind((Ipv4Addr::LOCALHOST, server.port)).is_err();
    let taken = servers.iter().filter(is_taken).map(|Server { name, port, .. }| {
        format!(
            "port {port} (for the {name}) is taken: find the process with `lsof -i :{port}` or `ss -ltnp`, \
             end it and start again"
        )
    });
    let taken: Vec<String> = taken.collect();
    anyhow::ensure!(taken.is_empty(), "{}", taken.join("\n       "));
    Ok(())
}

fn print_what_to_open(public_url: &str) {
    let green = |text: &str| screen::paint(Colour::Green, text);
    let line = green(&"─".repeat(76));
    let app = green(&format!("{public_url}/"));
    let people = green(&format!("http://{}/_simulator", SIMULATOR.address()));
    screen::print_line(&format!(
        "{line}
  Open  {app}
        The app signs you in as the simulated WeChat user 小明 and shows the openid; 我的订单 has orders.
  Also  {people}
        Simulated WeChat: choose who holds the phone.
  Save a file to see it: the page reloads, proxy and simulator restart.
  Ctrl-C ends everything.
{line}"
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same numbers stand in files that other programs read; this test is what keeps them equal.
    #[test]
    fn ports_agree_with_the_configuration_files() {
        let trunk = workspace::read("Trunk.toml").unwrap();
        assert!(trunk.contains(&format!("port = {}", APP.port)));
        assert!(trunk.contains(&format!("http://{}/api", PROXY.address())));
        let proxy = workspace::read(PROXY_CONFIG).unwrap();
        assert!(proxy.contains(&PROXY.address()));
        assert!(proxy.contains(&format!("http://{}", SIMULATOR.address())));
        assert!(proxy.contains(&format!("http://{}", APP.address())));
        assert!(proxy.contains(&format!("orders = \"{ORDER_SYSTEM_KEY}\"")));
    }

    #[test]
    fn a_file_that_is_written_anew_or_gone_is_a_change_and_one_that_is_read_is_none() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("proxy/lib.rs");
        std::fs::create_dir(root.path().join("proxy")).unwrap();
        std::fs::write(&file, "").unwrap();
        let before = sources(root.path());
        std::fs::read(&file).unwrap();
        assert_eq!(sources(root.path()), before);
        let later = SystemTime::now() + Duration::from_secs(1);
        let opened = std::fs::File::options().write(true).open(&file).unwrap();
        opened.set_modified(later).unwrap();
        assert_ne!(sources(root.path()), before);
        std::fs::remove_file(&file).unwrap();
        assert_eq!(sources(root.path()), (0, None));
    }

    #[test]
    fn a_taken_port_is_named_with_the_commands_that_find_its_holder() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let message = require_free(&[Server { port, ..PROXY }]).unwrap_err();
        let message = message.to_string();
        assert!(message.contains(&format!("port {port} (for the proxy) is taken")));
        assert!(message.contains(&format!("lsof -i :{port}")));
        // Port 0 stands for any free one.
        require_free(&[Server { port: 0, ..APP }]).unwrap();
    }
}
