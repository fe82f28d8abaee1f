//! The project's own commands, called by the Makefile as `cargo xtask <command>`; [`USAGE`] lists them.

mod bench;
mod book;
mod browser_engines;
mod bundle;
mod chance;
mod chaos;
mod dev;
mod dist;
mod engines;
mod foreign;
mod fuzz;
mod generated;
mod interrupt;
mod packages;
mod pictures;
mod processes;
mod screen;
mod suite_logs;
mod supply_chain;
mod system;
mod tally;
mod test;
mod tools;
mod trunk;
mod workspace;

use std::process::ExitCode;

use tally::Tally;

/// What each does and what it is told beside.
const USAGE: &str = "\
cargo xtask <command>

  dev       start simulator, proxy and app; rebuild and restart on change; Ctrl-C ends all
    --lan            phones in this network may open it; --lan=ADDRESS if this machine has several
    --backend ADDR   a back end of your own beside the app, or /PATH/=ADDR
  test      everything that has to hold before a change is merged
    clients          of these only the real WeChat clients against the simulator
    api-fuzz         of these only schemathesis against the proxy, directly and behind nginx
    packed           of these only the samples and programs of an archive such as `dist` makes
    supply-chain     of these only licences, bans, sources and unused dependencies
    browser-engines  of these only whether the oldest browser engines can run the app that `build` left
  build     the optimised app in dist/, weighed
  book      the documents as a book in each language, in target/book/, with every link looked at
  pictures  the pictures of README and book, of today's pages
  trunk ARGUMENTS  the pinned trunk with the pinned wasm-bindgen, for example `serve`
  dist      static programs, the app and what a server needs besides, in target/dist/
  fuzz      what reads foreign bytes, guided by libFuzzer, SECONDS=600 in all, then all that depends on chance, ROUNDS=1;
            or only the targets named
  chaos     logins, thefts, faults and kills all at once; SEEDS and SECONDS as the environment says
  engines   the core journeys in nineteen browser engines; writes the table of the chapter about them
  replicas  several replicas of the shipped program, killed and restarted under load
  failover  PostgreSQL's leader under Patroni changed, killed, frozen and cut off under load, with the shipped program
  bench page    the page beside plain JavaScript, Vue and React; options as `bench page --help` says
  bench proxy   the proxy beside nginx, Node and Python, and over a grown store; likewise
  bench move    ten million records moved from SQLite into PostgreSQL
  advisories    known holes in our dependencies, from RustSec's database on GitHub, which is in no registry
  tools     install the pinned trunk and wasm-bindgen if they are missing
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let options = |from: usize| arguments.get(from..).unwrap_or_default();
    let command = || match words[..] {
        ["dev", ..] => dev::run(options(1)),
        ["test"] => test::run(),
        ["clients"] => Tally::only(foreign::clients),
        ["api-fuzz"] => foreign::run_api_fuzz(),
        ["packed"] => test::packed(),
        ["supply-chain"] => Tally::only(supply_chain::steps),
        ["browser-engines"] => {
            Tally::only(|tally| browser_engines::steps(tally, &workspace::root().join("dist")))
        }
        ["trunk", ..] => trunk::run(options(1)),
        ["build"] => bundle::run(),
        ["book"] => book::run(),
        ["pictures"] => pictures::run(),
        ["dist"] => dist::run(),
        ["fuzz", ..] => fuzz::run(options(1)),
        ["chaos"] => chaos::run(),
        ["engines"] => engines::run(),
        ["replicas"] => dist::replicas(),
        ["failover"] => dist::failover(),
        ["bench", "page", ..] => bench::page(options(2)),
        ["bench", "proxy", ..] => bench::proxy(options(2)),
        ["bench", "move"] => bench::moving(),
        ["advisories"] => supply_chain::advisories(),
        ["tools"] => tools::ensure().map(|_| screen::say("trunk and wasm-bindgen are there")),
        _ => anyhow::bail!("what shall be done?\n\n{USAGE}"),
    };
    match interrupt::listen().and_then(|()| command()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) if interrupt::is_requested() => {
            screen::say("interrupted, nothing is left running");
            ExitCode::from(130)
        }
        Err(error) => {
            screen::complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}
