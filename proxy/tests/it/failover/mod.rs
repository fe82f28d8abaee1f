//! A database that changes its leader, under the load of logins, writes and reads: PostgreSQL under Patroni, as documented.
//!
//! `make test` runs one planned switchover, `make failover` all of it.

mod cases;
mod cluster;
mod files;
mod load;
mod report;
mod scan;

use cases::Case::{Frozen, HungStandby, Killed, SwitchedOver, WithoutEtcd};
use cluster::Cluster;
use cluster::Mode::{Asynchronous, Synchronous};
use report::Counted;

/// How often those cases happen that are over soon.
const ROUNDS: &str = "WECHAT_LOGIN_FAILOVER_ROUNDS";
/// Only cases with this in their names.
const ONLY: &str = "WECHAT_LOGIN_FAILOVER_ONLY";

/// What is the same on any machine: nothing is lost, and nobody is taken for somebody else. Seconds are told, not looked at.
#[tokio::test]
#[ignore = "needs Patroni, which `cargo xtask failover` installs"]
async fn a_planned_switchover_loses_nothing() {
    let mut cluster = Cluster::start(Synchronous).await;
    let mut counted = Counted::default();
    let url = cluster.url();
    // That the old leader follows the new one takes longer than the rest, and is Patroni's business.
    let switch = SwitchedOver.happen(&mut cluster);
    cases::under_load(&mut counted, &url, &[&url], switch).await;
    counted.tell("planned switchover");
    assert_eq!(counted.wrong(), Vec::<String>::new());
}

/// All of it happens, and then it is said what was wrong.
#[tokio::test]
#[ignore = "a quarter of an hour: `make failover`"]
async fn whatever_happens_to_the_leader_nothing_is_lost() {
    let rounds = std::env::var(ROUNDS).map_or(2, |it| it.parse().unwrap());
    let only = std::env::var(ONLY).unwrap_or_default();
    let mut wrong = Vec::new();
    let mut tell = |name: &str, counted: &Counted| {
        counted.tell(name);
        wrong.extend(
            counted
                .wrong()
                .into_iter()
                .map(|it| format!("{name}: {it}")),
        );
    };
    let cases = [
        ("killed, asynchronous", Asynchronous, Killed, rounds),
        (
            "planned switchover, asynchronous",
            Asynchronous,
            SwitchedOver,
            rounds,
        ),
        ("killed, synchronous", Synchronous, Killed, rounds),
        (
            "planned switchover, synchronous",
            Synchronous,
            SwitchedOver,
            rounds,
        ),
        ("frozen for 35 s, synchronous", Synchronous, Frozen, 1),
        (
            "synchronous standby hangs for 35 s",
            Synchronous,
            HungStandby,
            1,
        ),
        ("etcd away for 40 s", Synchronous, WithoutEtcd, 1),
    ];
    let mut cases: Vec<_> = cases
        .into_iter()
        .filter(|it| it.0.contains(&only))
        .collect();
    for mode in [Asynchronous, Synchronous] {
        let of_mode: Vec<_> = cases.extract_if(.., |it| it.1 == mode).collect();
        if of_mode.is_empty() {
            continue;
        }
        let mut cluster = Cluster::start(mode).await;
        for (name, _, case, rounds) in of_mode {
            let mut counted = Counted::default();
            for _ in 0..rounds {
                case.under_load(&mut counted, &mut cluster).await;
            }
            tell(name, &counted);
        }
    }
    let name = "another server leads, the old one stays up, read-only";
    if name.contains(&only) {
        let mut counted = Counted::default();
        cases::left_read_only(&mut counted).await;
        tell(name, &counted);
    }
    assert_eq!(wrong, Vec::<String>::new());
}
