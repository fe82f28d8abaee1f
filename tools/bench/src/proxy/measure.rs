//! One server, asked one kind of request.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, ensure};
use bench::report::latency::Latency;
use tokio::task::{JoinHandle, spawn_local};
use tokio::time::Instant;

use crate::contender::{Contender, Running};
use crate::load::Load;
use crate::proof;
use crate::scenario::Scenario;
use crate::tree::{self, Usage};

/// How often memory is looked at: seldom, because the server's pages cannot change meanwhile.
const LOOK: Duration = Duration::from_millis(500);

/// How long a server rests after its first answer before its memory at rest is looked at.
const REST: Duration = Duration::from_secs(1);

/// How long each part takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    /// Until caches are warm, connections open and code compiled.
    pub(crate) warm_up: Duration,
    /// At full load, and again at half.
    pub(crate) load: Duration,
}

/// What was found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    /// Answers in a second, with as many requests as the server takes.
    pub(crate) per_second: f64,
    /// How long they took then.
    pub(crate) full: Latency,
    /// The same with half as many in a second.
    pub(crate) half: Latency,
    /// Seconds of processor for a thousand answers.
    pub(crate) cpu: f64,
    /// How much of its cores the server used at full load, 1 being all: below it something else was slower.
    pub(crate) busy: f64,
    /// Bytes of memory before the load (PSS).
    pub(crate) rest: f64,
    /// The most under load (PSS).
    pub(crate) peak: f64,
    /// The most under load (RSS).
    pub(crate) peak_rss: f64,
}

/// Measures a server that has just started.
///
/// # Errors
/// When an answer is not as it should be.
pub(crate) async fn measure(
    contender: Contender,
    running: Running,
    scenario: Scenario,
    times: Times,
    cores: usize,
) -> anyhow::Result<Measured> {
    let server = running.child.id;
    // It answers, so it is complete; what it needs at rest is what it needs before anybody comes.
    proof::requests(contender, &running, Scenario::Exchange).await?;
    tokio::time::sleep(REST).await;
    let rest = tree::usage(server)?;

    let requests = proof::requests(contender, &running, scenario).await?;
    let mut load = Load::new(requests);
    load.closed(times.warm_up).await?;

    let memory = Memory::watch(server);
    let before = tree::cpu(server)?;
    let begun = Instant::now();
    let took = load.closed(times.load).await?;
    let elapsed = begun.elapsed();
    let cpu = tree::cpu(server)?.saturating_sub(before).as_secs_f64();
    let count = took.len() as f64;
    let per_second = count / times.load.as_secs_f64();
    let full = Latency::of(took).context("no answer at full load")?;

    ensure!(per_second >= 2.0, "{per_second} answers in a second");
    let took = load.open(per_second / 2.0, times.load).await?;
    let half = Latency::of(took).context("no answer at half load")?;
    let peak = memory.most()?;
    Ok(Measured {
        per_second,
        full,
        half,
        cpu: cpu / count * 1_000.0,
        busy: cpu / elapsed.as_secs_f64() / cores as f64,
        rest: rest.memory as f64,
        peak: peak.memory as f64,
        peak_rss: peak.peak as f64,
    })
}

/// Looks at the memory of a server from time to time.
struct Memory {
    server: i32,
    most: Rc<Cell<u64>>,
    watcher: JoinHandle<()>,
}

impl Memory {
    fn watch(server: i32) -> Self {
        let most = Rc::new(Cell::new(0));
        let seen = most.clone();
        let watcher = spawn_local(async move {
            loop {
                // Whoever measures notices that a server has ended.
                let memory = tree::usage(server).map_or(0, |usage| usage.memory);
                seen.set(seen.get().max(memory));
                tokio::time::sleep(LOOK).await;
            }
        });
        Self {
            server,
            most,
            watcher,
        }
    }

    fn most(self) -> anyhow::Result<Usage> {
        self.watcher.abort();
        let last = tree::usage(self.server)?;
        Ok(Usage {
            memory: last.memory.max(self.most.get()),
            ..last
        })
    }
}
