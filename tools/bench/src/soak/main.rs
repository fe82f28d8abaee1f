//! Asks the shipped program for everything at once, for minutes and without a pause, and fails where anything grows
//! that must not: memory, open files, connections, time. Run by `make soak`.
//!
//! `visit` (people, and whoever only costs), `verdict` (what must hold, and how it is told).

mod verdict;
mod visit;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::Context;
use bench::processes::{files, usage};
use bench::report::publish;
use bench::server::Server;
use clap::{Parser, value_parser};
use serde_json::json;
use sqlx::{Connection as _, SqliteConnection};
use tokio::task::JoinSet;
use wechat_simulator::Simulator;

use verdict::{Look, Watched};
use visit::{APPID, PEOPLE, SCRIPT, SCRIPT_BYTES, Site, Tally, person};

/// The proxy remembers what became of a code for five minutes: only then is it full.
const FULL_AFTER: u64 = 310;
/// How long it is watched.
const SECONDS: u64 = 300;
/// People who visit at once, one visit after the other.
const VISITORS: u64 = 24;
/// Those who only cost something, at once.
const NUISANCES: usize = 100;
/// From one look at the process to the next.
const LOOK: Duration = Duration::from_secs(1);
/// How often it is asked whether it is ready, ten times a second.
const START: u32 = 300;
/// Lines of the proxy's log that are shown.
const COMPLAINTS: usize = 20;
/// Connections that the proxy keeps for WeChat's sake end after twenty seconds; so many looks are waited for it.
const QUIET_WITHIN: u32 = 40;

/// Soaks one proxy on SQLite. Everything is on this machine and ends with the program; TMPDIR chooses the disk.
#[derive(Parser)]
struct Arguments {
    /// The proxy, built as it is shipped.
    #[arg(long)]
    proxy: PathBuf,
    /// How long it is watched.
    #[arg(long, default_value_t = SECONDS, value_parser = value_parser!(u64).range(10..=86_400))]
    seconds: u64,
    /// How long it is asked before that.
    #[arg(long, default_value_t = FULL_AFTER)]
    full_after: u64,
    /// A document with a place for the figures; left alone unless both times are at least the usual ones.
    #[arg(long)]
    document: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    bench::run(work(Arguments::parse())).await
}

async fn work(arguments: Arguments) -> anyhow::Result<()> {
    let simulator = Simulator::start().await?;
    for number in 0..PEOPLE {
        let person = json!({ "id": person(number), "nickname": format!("顾客{number}") });
        simulator.add_person(serde_json::from_value(person)?);
    }
    let mut server = Server::start(|address, folder| {
        command(
            &arguments.proxy,
            &address.to_string(),
            &simulator.base_url(),
            folder,
        )
    })
    .await?;
    wait_until_ready(&server).await?;
    let before = look(server.id)?;
    let site = Arc::new(Site {
        address: server.address,
        simulator,
        began: Instant::now(),
        is_over: AtomicBool::new(false),
        tally: Mutex::default(),
    });
    let (mut visitors, mut nuisances) = (JoinSet::new(), JoinSet::new());
    for number in 0..VISITORS {
        visitors.spawn(site.clone().visit_again_and_again(number));
    }
    for number in 0..NUISANCES {
        nuisances.spawn(site.clone().cost(number % 4));
    }
    let mut looks = Vec::new();
    let mut pace = tokio::time::interval(LOOK);
    for _ in 0..arguments.full_after + arguments.seconds {
        pace.tick().await;
        anyhow::ensure!(
            server.is_running(),
            "the proxy has ended:\n{}",
            server.log()
        );
        looks.push(look(server.id)?);
    }
    site.is_over.store(true, Ordering::Relaxed);
    visitors.join_all().await;
    // With it every connection of ours; the proxy closes what it has opened for others.
    drop(nuisances);
    let mut after = look(server.id)?;
    for _ in 0..QUIET_WITHIN {
        if after.connections > before.connections {
            tokio::time::sleep(LOOK).await;
            after = look(server.id)?;
        }
    }
    tell_complaints(&server.log())?;
    let mut tally = Tally::default();
    site.note(|it| std::mem::swap(it, &mut tally));
    let watched = Watched {
        from: arguments.full_after,
        looks,
        before,
        after,
        records: records(&server.folder.path().join("proxy.sqlite")).await?,
        tally,
    };
    let (text, holds) = verdict::tell(&watched)?;
    println!("{text}");
    anyhow::ensure!(holds, "something does not hold");
    let is_usual = arguments.seconds >= SECONDS && arguments.full_after >= FULL_AFTER;
    match &arguments.document {
        Some(document) if is_usual => publish(document, "soak", &text),
        _ => Ok(()),
    }
}

/// The proxy with an app of two files, and all that it keeps in `folder`.
fn command(proxy: &Path, address: &str, wechat: &str, folder: &Path) -> anyhow::Result<Command> {
    let app = folder.join("app");
    std::fs::create_dir(&app)?;
    std::fs::write(app.join("index.html"), "<!DOCTYPE html><title>app</title>")?;
    std::fs::write(app.join(SCRIPT), "/".repeat(SCRIPT_BYTES))?;
    let config = format!(
        r#"
public_url = "http://{address}"
listen = "{address}"
database_url = "sqlite:proxy.sqlite"
static_dir = "app"
session_keys = ["0123456789abcdef0123456789abcdef-soak"]
simulator = true
wechat = {{ api_base = "{wechat}", open_base = "{wechat}" }}
[accounts.shop]
appid = "{APPID}"
secret = "simulator-secret-a1"
title = "山茶书店"
platform = "camellia"
# One address makes all the load; counting it stays part of what is asked.
[limits]
exchanges_per_client_per_minute = 1000000
exchanges_per_minute = 1000000
writes_per_user_per_minute = 1000000
"#
    );
    std::fs::write(folder.join("proxy.toml"), config)?;
    let mut command = Command::new(proxy.canonicalize().context("no proxy there")?);
    command.args(["serve", "--config", "proxy.toml"]);
    command.current_dir(folder);
    Ok(command)
}

/// What it opens once it is ready belongs to what it has before anybody comes.
async fn wait_until_ready(server: &Server) -> anyhow::Result<()> {
    let url = format!("http://{}/readyz", server.address);
    for _ in 0..START {
        let answer = reqwest::get(&url).await;
        // The connection of the question closes meanwhile, too.
        tokio::time::sleep(LOOK / 10).await;
        if answer.is_ok_and(|answer| answer.status().is_success()) {
            return Ok(());
        }
    }
    anyhow::bail!("the proxy does not become ready:\n{}", server.log())
}

fn look(process: i32) -> anyhow::Result<Look> {
    let (files, connections) = files(process)?;
    Ok(Look {
        memory: usage(process).resident as f64 / 1_024.0,
        files,
        connections,
    })
}

/// # Errors
/// When the proxy panicked.
fn tell_complaints(log: &str) -> anyhow::Result<()> {
    anyhow::ensure!(!log.contains("panicked"), "the proxy panicked:\n{log}");
    let complaints = log
        .lines()
        .filter(|line| line.contains("ERROR") || line.contains(" WARN "))
        // That the app broke is what visitors report, as they are told to.
        .filter(|line| !line.contains("app_crashed"));
    complaints.take(COMPLAINTS).for_each(|it| println!("{it}"));
    Ok(())
}

/// How many the database has.
async fn records(file: &Path) -> anyhow::Result<i64> {
    let mut connection = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await?;
    let count = sqlx::query_scalar("SELECT count(*) FROM record");
    Ok(count.fetch_one(&mut connection).await?)
}
