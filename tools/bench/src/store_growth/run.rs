//! Grows one database from size to size and measures at each.

use std::time::Instant;

use anyhow::Context;
use bench::report::latency::Latency;
use login_store as store;

use crate::engine::{Engine, Facts};
use crate::operation::{Client, Operation};
use crate::population::Population;
use crate::random::Random;
use crate::raw_disk::RawDisk;
use crate::stage::Stage;

/// Of how many records one identity is the owner.
pub(crate) const RECORDS_PER_IDENTITY: u32 = 10;

/// What was measured on one database.
pub(crate) struct Growth {
    pub(crate) facts: Facts,
    /// From the smallest to the largest.
    pub(crate) sizes: Vec<AtSize>,
}

pub(crate) struct AtSize {
    /// What was asked for; really there are a few more or less.
    pub(crate) records: u32,
    /// Tables and indexes.
    pub(crate) bytes: u64,
    /// In the order of [`Operation::ALL`].
    pub(crate) latencies: Vec<Latency>,
}

/// # Errors
/// When the database fails or answers what it must not.
pub(crate) async fn grow(
    mut engine: impl Engine,
    population: Population,
    sizes: &[u32],
    operations: usize,
) -> anyhow::Result<Growth> {
    // Makes the database and its tables.
    drop(store::open(engine.url()).await?);
    let facts = engine.facts().await?;
    println!("==> {}", facts.name);
    let mut sizes_done = Vec::new();
    let mut identities = 0;
    for &records in sizes {
        let stage = Stage::new(population, identities, records / RECORDS_PER_IDENTITY);
        identities = records / RECORDS_PER_IDENTITY;
        let count = stage.record_count();
        println!("==> adding {count} records, for {identities} identities in all");
        let started = Instant::now();
        engine.load(&stage).await.context("cannot load")?;
        drop(stage);
        let bytes = engine.bytes().await?;
        println!("    {} seconds", started.elapsed().as_secs());
        let latencies = measure(&engine, population, identities, operations).await?;
        sizes_done.push(AtSize {
            records,
            bytes,
            latencies,
        });
    }
    Ok(Growth {
        facts,
        sizes: sizes_done,
    })
}

/// Operations of all kinds in turn, as they come in life; the first tenth is not counted.
async fn measure(
    engine: &impl Engine,
    population: Population,
    identities: u32,
    operations: usize,
) -> anyhow::Result<Vec<Latency>> {
    let started = Instant::now();
    let store = store::open(engine.url()).await?;
    let mut client = Client {
        store: &*store,
        population,
        identities,
        random: Random::of(&[population.seed, 7, identities.into()]),
        disk: RawDisk::new()?,
    };
    for _ in 0..operations / 10 {
        for operation in Operation::ALL {
            client.time(operation).await?;
        }
    }
    let mut durations = Operation::ALL.map(|_| Vec::with_capacity(operations));
    for _ in 0..operations {
        for (operation, durations) in Operation::ALL.into_iter().zip(&mut durations) {
            let taken = client.time(operation).await;
            durations.push(taken.with_context(|| operation.label())?);
        }
    }
    println!("    measured in {} seconds", started.elapsed().as_secs());
    durations
        .into_iter()
        .map(|durations| Latency::of(durations).context("nothing was measured"))
        .collect()
}
