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
        let of_case = counted.wrong().into_iter();
        wrong.extend(of_case.map(|it| format!("{name}: {it}")));
    };
    for mode in [Asynchronous, Synchronous] {
        let cases = match mode {
            Asynchronous => &[Killed, SwitchedOver][..],
            Synchronous => &[Killed, SwitchedOver, Frozen, HungStandby, WithoutEtcd],
        };
        let cases = cases.iter().map(|case| (case, case.name(mode)));
        let cases: Vec<_> = cases.filter(|(_, name)| name.contains(&only)).collect();
        if cases.is_empty() {
            continue;
        }
        let mut cluster = Cluster::start(mode).await;
        report::note(&cluster.versions().await);
        for (case, name) in cases {
            let mut counted = Counted::default();
            // Nobody promises more.
            counted.may_lose = (mode, *case) == (Asynchronous, Killed);
            counted.reads_go_on = *case == HungStandby;
            let is_short = matches!(case, Killed | SwitchedOver);
            for _ in 0..if is_short { rounds } else { 1 } {
                case.under_load(&mut counted, &mut cluster).await;
            }
            tell(&name, &counted);
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
