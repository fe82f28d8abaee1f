//! What happens to the database while people write, read and log in.

use std::process::Command;

use sqlx::{Connection as _, Executor as _, PgConnection};
use test_support::front::Front;
use test_support::postgres::Server;
use tokio::time::{sleep, timeout};

use super::load::Load;
use super::report::Counted;
use crate::support::*;

/// Writes before anything happens, and after all is well again: three and four seconds.
const BEFORE: usize = 75;
const AFTER: usize = 100;
/// For how long writes are waited for that do not come back.
const PATIENCE: Duration = Duration::from_secs(30);

/// Load while the database at this address is disturbed, and a comparison with what is in these in the end.
pub(crate) async fn under_load(
    counted: &mut Counted,
    database: &str,
    in_the_end: &[&str],
    disturb: impl Future<Output = ()>,
) {
    let load = Load::on(database).await;
    let course = async {
        load.until_written(BEFORE).await;
        disturb.await;
        let is_back = timeout(PATIENCE, load.until_written(AFTER)).await;
        load.end();
        is_back.is_ok()
    };
    let ((), (), is_back) = tokio::join!(load.run(), load.look(), course);
    let audit = load.books.audit_of(in_the_end).await;
    counted.add(&load, audit, is_back);
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
        let copy = format!("pg_dump '{old}' | psql --quiet --output=/dev/null '{new}'");
        let copied =
            tokio::task::spawn_blocking(|| Command::new("sh").arg("-c").arg(copy).status());
        assert!(copied.await.unwrap().unwrap().success());
        front.lead_to(&new);
    };
    under_load(counted, &front.before(&old), &[&old, &new], disturb).await;
}
