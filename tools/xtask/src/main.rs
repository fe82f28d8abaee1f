//! The project's own commands, called by the Makefile as `cargo xtask <command>`.
//!
//! | command | does | file |
//! |---|---|---|
//! | `dev` | simulator, proxy and app together, restarted on change | `dev.rs` |
//! | `test` | everything that has to hold before a change is merged | `test.rs` |
//! | `clients` | of these only the real WeChat clients against the simulator | `clients.rs` |
//! | `api-fuzz` | of these only schemathesis against the proxy, directly and behind nginx | `api_fuzz.rs` |
//! | `fuzz` | what reads foreign bytes, guided by libFuzzer; then all that depends on chance, with new seeds | `fuzz.rs`, `chance.rs` |
//! | `build` | the optimised app in `dist/`, weighed | `bundle.rs`, `weight.rs` |
//! | `supply-chain` | of these only what we take from others | `supply_chain.rs` |
//! | `advisories` | known holes in our dependencies; never part of `test`, for it needs a database that is in no registry | `supply_chain.rs` |
//! | `kernels` | of `test` only whether the oldest kernels can run the app in `dist/` | `kernels.rs` |
//! | `size` | what the app's bytes are spent on, by crate | `size.rs` |
//! | `dist` | what is put on a server: static programs and the app in one archive | `dist/` |
//! | `replicas` | several replicas killed and restarted under load, with figures | `dist/` |
//! | `chaos` | logins, thefts, faults and kills all at once, for minutes | `chaos.rs` |
//! | `soak` | an hour's mixed load in minutes: memory, files, latency | `soak.rs` |
//! | `bench-data` | the store, measured at growing sizes; never part of `test` | `bench_data.rs` |
//! | `bench-page` | the page, measured beside others; never part of `test` | `bench_page.rs` |
//! | `bench-proxy` | the proxy, measured beside others; never part of `test` | `bench_proxy.rs` |
//! | `tools` | only makes sure that the pinned tools are there | `tools.rs` |

mod api_fuzz;
mod axe;
mod bench_data;
mod bench_page;
mod bench_proxy;
mod browser;
mod bundle;
mod chance;
mod chaos;
mod clients;
mod compress;
mod debian;
mod dev;
mod dist;
mod fuzz;
mod health;
mod install;
mod interrupt;
mod kernels;
mod listening;
mod log_lines;
mod nginx;
mod packages;
mod ports;
mod postgres;
mod processes;
mod reliability;
mod screen;
mod services;
mod size;
mod soak;
mod suite_logs;
mod supervisor;
mod supply_chain;
mod tally;
mod test;
mod tools;
mod watch;
mod weight;
mod workspace;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <command>

  dev     start simulator, proxy and app; rebuild and restart on change; Ctrl-C ends all
  test    formatting, lints, native tests, real WeChat clients against the simulator, the fuzzed API, release build,
          its weight, browser journeys, secrets in logs
  clients of these only the real WeChat clients
  api-fuzz of these only schemathesis against the proxy, directly and behind nginx
  fuzz    what reads foreign bytes, guided by libFuzzer, SECONDS=600 in all, then all that depends on chance, ROUNDS=1;
          or the names of some targets
  supply-chain of these only licences, bans, sources and unused dependencies
  build   the optimised app in dist/
  advisories  known holes in our dependencies, from RustSec's database on GitHub
  kernels of `test` only whether the oldest kernels can run the app that `build` left
  size    what the app's bytes are spent on, by crate
  dist    static programs, the app and what a server needs besides, in target/dist/
  replicas  several replicas of the shipped program, killed and restarted under load
  chaos   logins, thefts, faults and kills all at once; SEEDS and SECONDS as the environment says
  soak    an hour's mixed load in minutes; options as `soak --help` says
  bench-data  the store at 10 thousand, 1 million and 10 million records; options as `bench-data --help` says
  bench-page  the page beside plain JavaScript, Vue and React; options as `bench-page --help` says
  bench-proxy  the proxy beside nginx, Node and Python; options as `bench-proxy --help` says
  tools   install the pinned trunk and wasm-bindgen if they are missing
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let command: fn() -> anyhow::Result<()> = match arguments.as_slice() {
        [name] if name == "dev" => dev::run,
        [name] if name == "test" => test::run,
        [name] if name == "clients" => test::run_clients,
        [name] if name == "api-fuzz" => api_fuzz::run,
        [name, ..] if name == "fuzz" => fuzz::run,
        [name] if name == "supply-chain" => supply_chain::run,
        [name] if name == "advisories" => supply_chain::advisories,
        [name] if name == "build" => bundle::run,
        [name] if name == "kernels" => kernels::run,
        [name] if name == "size" => size::run,
        [name] if name == "dist" => dist::run,
        [name] if name == "replicas" => dist::replicas,
        [name] if name == "chaos" => chaos::run,
        [name, ..] if name == "soak" => soak::run,
        [name] if name == "tools" => tools::run,
        [name, ..] if name == "bench-data" => bench_data::run,
        [name, ..] if name == "bench-page" => bench_page::run,
        [name, ..] if name == "bench-proxy" => bench_proxy::run,
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match interrupt::listen().and_then(|()| command()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<interrupt::Interrupted>() => {
            screen::say("interrupted, nothing is left running");
            ExitCode::from(130)
        }
        Err(error) => {
            screen::complain(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}
