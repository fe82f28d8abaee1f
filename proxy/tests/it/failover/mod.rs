//! A database that changes its leader under the load of logins and writes: PostgreSQL under Patroni, as documented.
//!
//! `make test` runs one planned switchover, `make failover` all of it.

mod cluster;
mod files;

use std::time::Instant;

use login_store::{DatabaseUrl, SeenIdentity};
use sqlx::{Connection as _, PgConnection};

use crate::support::*;
use cluster::{Cluster, Mode};

const WRITES: usize = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Patroni, which `cargo xtask failover` installs"]
async fn a_planned_switchover_loses_nothing() {
    let began = Instant::now();
    let mut cluster = Cluster::start(Mode::Synchronous).await;
    println!("started after {:?}", began.elapsed());
    let url = DatabaseUrl::parse(&cluster.url()).unwrap();
    let store = login_store::open(&url).await.unwrap();
    let to = cluster.standby().await;
    let mut acknowledged = Vec::new();
    for number in 0..WRITES {
        if number == WRITES / 2 {
            cluster.switchover(to).await;
        }
        if store.upsert_identity(&seen(number)).await.is_ok() {
            acknowledged.push(number);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    while cluster.leader().await != Some(to) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    println!(
        "{} of {WRITES} after {:?}",
        acknowledged.len(),
        began.elapsed()
    );
    store.upsert_identity(&seen(WRITES)).await.unwrap();
    acknowledged.push(WRITES);

    let mut leader = PgConnection::connect(&cluster.url_of(to)).await.unwrap();
    let openids = sqlx::query_scalar("SELECT openid FROM identity").fetch_all(&mut leader);
    let kept: Vec<String> = openids.await.unwrap();
    let missing = acknowledged
        .iter()
        .filter(|&&number| !kept.contains(&openid(number)));
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<&usize>::new());
    drop(cluster);
    println!("all ended after {:?}", began.elapsed());
}

/// Whatever happens to it, Patroni mends it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Patroni, which `cargo xtask failover` installs"]
async fn a_cluster_becomes_whole_again() {
    for mode in [Mode::Asynchronous, Mode::Synchronous] {
        let began = Instant::now();
        let note = |what: &str| println!("{mode:?}: {what} at {:?}", began.elapsed());
        let mut cluster = Cluster::start(mode).await;
        note("started");
        let first = cluster.leader().await.unwrap();
        cluster.kill(first);
        assert_ne!(cluster.leader().await, Some(first));
        while cluster.leader().await.is_none() {}
        note("another leads");
        cluster.start_node(first).await;
        cluster.whole().await;
        note("the first is back");
        let standby = cluster.standby().await;
        cluster.freeze_postgres(standby);
        cluster.thaw(standby);
        cluster.whole().await;
        let second = cluster.leader().await.unwrap();
        cluster.freeze(second);
        assert_eq!(cluster.leader().await, None);
        while cluster.leader().await.is_none() {}
        note("a third leads");
        cluster.thaw(second);
        cluster.whole().await;
        note("the second is back");
        cluster.stop_etcd();
        tokio::time::sleep(Duration::from_secs(40)).await;
        assert!(cluster.leader().await.is_some());
        note("without etcd");
        cluster.start_etcd().await;
        cluster.whole().await;
        note("whole");
    }
}

fn openid(number: usize) -> String {
    format!("oABCdefGHIjklMNOpqrS{number:08}")
}

fn seen(number: usize) -> SeenIdentity {
    SeenIdentity {
        appid: AppId::parse(APPID).unwrap(),
        openid: OpenId::parse(&openid(number)).unwrap(),
        platform: None,
        unionid: None,
        scope: Scope::Base,
        profile: None,
        seen_at: NOW,
    }
}
