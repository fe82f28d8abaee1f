//! What happens to the database while people write, read and log in.

use std::process::Command;

use sqlx::{Connection as _, Executor as _, PgConnection};
use test_support::front::Front;
use test_support::postgres::Server;
use tokio::time::{sleep, timeout};

use super::cluster::{Cluster, Mode};
use super::load::Load;
use super::report::Counted;
use crate::support::*;

/// Writes before anything happens, and after all is well again: three and four seconds.
const BEFORE: usize = 75;
const AFTER: usize = 100;
/// For how long writes are waited for that do not come back.
const PATIENCE: Duration = Duration::from_secs(90);
/// Longer than a leader keeps its place by saying nothing (`ttl`).
const FROZEN: Duration = Duration::from_secs(35);
const WITHOUT_ETCD: Duration = Duration::from_secs(40);
/// Until somebody has taken over.
const TAKEOVER: Duration = Duration::from_secs(90);

/// Load while the database at this address is disturbed, and a comparison with what is in these in the end.
pub(crate) async fn under_load(
    counted: &mut Counted,
    database: &str,
    in_the_end: &[&str],
    disturb: impl Future<Output = ()>,
) {
    let load = Load::on(database).await;
    let course = async {
        let begins = timeout(PATIENCE, load.until_written(BEFORE)).await;
        begins.expect("nothing is written, though nothing has happened");
        disturb.await;
        let is_back = timeout(PATIENCE, load.until_written(AFTER)).await;
        load.end();
        is_back.is_ok()
    };
    let ((), (), is_back) = tokio::join!(load.run(), load.look(), course);
    let audit = load.books.audit_of(in_the_end).await;
    counted.add(&load, audit, is_back);
}

/// What happens to a cluster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Case {
    /// The leader is gone, as a machine that lost its power, and comes back once another one leads.
    Killed,
    /// Another leader was asked for.
    SwitchedOver,
    /// The leader stands still, as a machine that is moved, and wakes up when another one leads.
    Frozen,
    /// The standby for which all writes wait stands still.
    HungStandby,
    /// Nobody can say who leads.
    WithoutEtcd,
}

impl Case {
    pub(crate) fn name(self, mode: Mode) -> String {
        let name = match self {
            Self::Killed => "leader killed",
            Self::SwitchedOver => "planned switchover",
            Self::Frozen => "leader frozen for 35 s",
            Self::HungStandby => "standby hangs for 35 s",
            Self::WithoutEtcd => "etcd away for 40 s",
        };
        format!("{name}, {mode:?}").to_lowercase()
    }

    /// Load while it happens, until the cluster is whole again.
    pub(crate) async fn under_load(self, counted: &mut Counted, cluster: &mut Cluster) {
        let url = cluster.url();
        let disturb = async {
            self.happen(cluster).await;
            cluster.whole().await;
        };
        under_load(counted, &url, &[&url], disturb).await;
    }

    pub(crate) async fn happen(self, cluster: &mut Cluster) {
        let leader = cluster.the_leader().await;
        let standby = cluster.standby().await;
        match self {
            Self::Killed => {
                cluster.kill(leader);
                until_another_leads(cluster, leader).await;
                cluster.start_node(leader).await;
            }
            Self::SwitchedOver => {
                cluster.switchover(standby).await;
                until_another_leads(cluster, leader).await;
            }
            Self::Frozen => {
                cluster.freeze(leader);
                sleep(FROZEN).await;
                cluster.thaw(leader);
                until_another_leads(cluster, leader).await;
            }
            Self::HungStandby => {
                cluster.freeze_postgres(standby);
                sleep(FROZEN).await;
                cluster.thaw(standby);
            }
            Self::WithoutEtcd => {
                cluster.stop_etcd();
                sleep(WITHOUT_ETCD).await;
                cluster.start_etcd().await;
            }
        }
    }
}

async fn until_another_leads(cluster: &Cluster, than: usize) {
    let another = async {
        while cluster.leader().await.is_none_or(|it| it == than) {
            sleep(Duration::from_millis(200)).await;
        }
    };
    timeout(TAKEOVER, another).await.expect("no other leader");
}

/// A new leader, while the old one stays up, takes no writes any more, and keeps the connections it has: as where a balancer
/// only leads new ones elsewhere.
pub(crate) async fn left_read_only(counted: &mut Counted) {
    let server = || Server::start(&["-c", "fsync=off"]).unwrap();
    let (old_server, new_server) = (server(), server());
    let old = old_server.new_database().await.unwrap();
    let new = new_server.new_database().await.unwrap();
    let front = Front::start().await;
    front.lead_to(&old);
    let disturb = async {
        let mut own = PgConnection::connect(&old).await.unwrap();
        for statement in [
            "ALTER SYSTEM SET default_transaction_read_only = on",
            "SELECT pg_reload_conf()",
        ] {
            own.execute(statement).await.unwrap();
        }
        // Its processes hear of it one after the other.
        sleep(Duration::from_millis(300)).await;
        // What replication would have done.
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().display();
        let copy = format!(
            "pg_dump '{old}' >{path} && psql --quiet -v ON_ERROR_STOP=1 --output=/dev/null '{new}' <{path}"
        );
        let copied =
            tokio::task::spawn_blocking(|| Command::new("sh").arg("-c").arg(copy).status());
        assert!(copied.await.unwrap().unwrap().success());
        front.lead_to(&new);
    };
    under_load(counted, &front.before(&old), &[&old, &new], disturb).await;
}
