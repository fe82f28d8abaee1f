//! `cargo xtask dev`: simulator, proxy and app together until Ctrl-C, each rebuilt and restarted on change.

use std::process::Stdio;
use std::time::SystemTime;

use crate::interrupt::Interrupted;
use crate::log_lines::LogLines;
use crate::ports;
use crate::processes::{self, Group, POLL};
use crate::screen::{self, Colour};
use crate::services::{self, APP, PACKAGES, PROXY, PROXY_CONFIG, SIMULATOR, SOURCES, Service};
use crate::supervisor::Supervisor;
use crate::tools::{self, Tools};
use crate::watch::Watch;
use crate::workspace;

/// Runs until Ctrl-C.
///
/// # Errors
/// When a port is taken, something does not build or one of the servers ends; the others are ended first.
pub(crate) fn run() -> anyhow::Result<()> {
    // Before the long steps: whoever forgot an old terminal should not learn it after ten minutes.
    ports::require_free(&[SIMULATOR, PROXY, APP].map(|service| (service.port, service.name)))?;
    let tools = tools::ensure()?;

    screen::say(
        "building simulator and proxy (about 1 minute the first time on two cores, then seconds)",
    );
    let status = processes::run(&mut services::build())?;
    anyhow::ensure!(
        status.success(),
        "simulator and proxy do not build, see above"
    );

    // From here on a saved file counts, also while the app is compiled for the first time.
    let root = workspace::root();
    let mut watch = Watch::start(SOURCES.map(|folder| root.join(folder)));
    let mut programs = Programs::seen_now();
    let mut supervisor = Supervisor::default();
    for service in [SIMULATOR, PROXY] {
        start(&mut supervisor, service, &tools)?;
    }
    bind_orders();
    screen::say(
        "compiling the app to WebAssembly (about 1 minute the first time on two cores, then seconds)",
    );
    start(&mut supervisor, APP, &tools)?;
    // Through the app's address, as the browser will ask: shows that the forwarding works too.
    supervisor.wait_until_answering(APP, "/api/bootstrap")?;
    print_what_to_open();

    let ended = keep_running(&mut supervisor, &mut watch, &mut programs, &tools);
    if ended.as_ref().is_err_and(|error| error.is::<Interrupted>()) {
        screen::say("ending simulator, proxy and app");
        supervisor.stop_all();
        screen::say("all ended");
        return Ok(());
    }
    ended
}

fn start(supervisor: &mut Supervisor, service: Service, tools: &Tools) -> anyhow::Result<()> {
    supervisor.start(service, &mut services::command(service, tools)?)?;
    supervisor.wait_until_answering(service, service.health)
}

/// Something to see on the order page. Everything else works without it.
fn bind_orders() {
    let bound = services::order_system().and_then(|mut command| processes::run(&mut command));
    if !bound.is_ok_and(|status| status.success()) {
        screen::complain("no orders were bound to the simulated people, see above");
    }
}

/// Returns only with an error: a server that ended, or the interruption.
fn keep_running(
    supervisor: &mut Supervisor,
    watch: &mut Watch,
    programs: &mut Programs,
    tools: &Tools,
) -> anyhow::Result<()> {
    loop {
        supervisor.check()?;
        if watch.has_changed() && rebuild(supervisor)? {
            let changed = programs.changed();
            if changed.is_empty() {
                screen::say("it makes no difference to the running programs");
            }
            for service in changed {
                screen::say(&format!("restarting the {}", service.name));
                supervisor.stop(service);
                start(supervisor, service, tools)?;
                screen::say(&format!("the {} runs again", service.name));
            }
        }
        std::thread::sleep(POLL);
    }
}

/// Builds while the old programs keep running. False when it does not build: the error is on the screen.
fn rebuild(supervisor: &mut Supervisor) -> anyhow::Result<bool> {
    screen::say("a source file has changed, building");
    let mut command = services::build();
    command
        .arg("--quiet")
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let colour = if screen::is_terminal() {
        "always"
    } else {
        "never"
    };
    command.env("CARGO_TERM_COLOR", colour);
    let mut build = Group::spawn(&mut command)?;
    let _lines = LogLines::print(build.leader(), "build", Colour::Cyan);
    let status = loop {
        if let Some(status) = build.try_wait()? {
            break status;
        }
        supervisor.check()?;
        std::thread::sleep(POLL);
    };
    if !status.success() {
        screen::complain("it does not build; the old programs keep running until it does");
    }
    Ok(status.success())
}

/// What the restartable programs looked like: cargo decides what a changed source file means,
/// so a program has changed when cargo has written it anew.
struct Programs {
    seen: Vec<(Service, Vec<Option<SystemTime>>)>,
}

impl Programs {
    fn seen_now() -> Programs {
        let seen = PACKAGES
            .iter()
            .map(|(service, package)| {
                let mut files = vec![workspace::debug_binary(package).ok()];
                if *service == PROXY {
                    files.push(Some(workspace::root().join(PROXY_CONFIG)));
                }
                let times = files.into_iter().map(|file| {
                    std::fs::metadata(file?)
                        .and_then(|metadata| metadata.modified())
                        .ok()
                });
                (*service, times.collect())
            })
            .collect();
        Programs { seen }
    }

    /// The servers whose program or configuration is not the one seen before.
    fn changed(&mut self) -> Vec<Service> {
        let before = std::mem::replace(self, Programs::seen_now());
        let pairs = before.seen.into_iter().zip(&self.seen);
        pairs
            .filter(|(before, now)| before != *now)
            .map(|(before, _)| before.0)
            .collect()
    }
}

fn print_what_to_open() {
    let line = screen::paint(Colour::Green, &"─".repeat(76));
    let address = |service: Service, path: &str| {
        screen::paint(
            Colour::Green,
            &format!("http://127.0.0.1:{}{path}", service.port),
        )
    };
    screen::print_line(&line);
    screen::print_line(&format!("  Open  {}", address(APP, "/")));
    screen::print_line(
        "        The app signs you in as the simulated WeChat user 小明 and shows the openid; 我的订单 has orders.",
    );
    screen::print_line(&format!("  Also  {}", address(SIMULATOR, "/_simulator")));
    screen::print_line("        Simulated WeChat: choose who holds the phone.");
    screen::print_line("  Save a file to see it: the page reloads, proxy and simulator restart.");
    screen::print_line("  Ctrl-C ends everything.");
    screen::print_line(&line);
}
