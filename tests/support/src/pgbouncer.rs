//! A PgBouncer of our own before a PostgreSQL server of the tests. Ends with this process however that ends, as the server
//! does.

use std::path::PathBuf;
use std::process::Child;

use crate::kept::program;
use crate::postgres::{keeper, started};

const KEEPER: &str = include_str!("pgbouncer-keeper.sh");

/// Ends when dropped, and its folder is removed.
pub struct PgBouncer {
    folder: String,
    keeper: Child,
}

impl PgBouncer {
    /// Starts one before the server of this database, with these lines of its configuration.
    /// `WECHAT_LOGIN_PGBOUNCER` names another program than the system's.
    ///
    /// # Panics
    /// When there is none: tests about poolers cannot pass without it.
    pub fn start(database: &str, lines: &str) -> Self {
        let named = std::env::var_os("WECHAT_LOGIN_PGBOUNCER").map(PathBuf::from);
        let program = named.or_else(|| program("pgbouncer")).expect(
            "PgBouncer is not installed. `make test` installs it on Debian; elsewhere install it, so that `pgbouncer` \
             is on PATH",
        );
        let mut keeper = keeper(KEEPER);
        keeper.arg(program).args([folder_of(database), lines]);
        let (keeper, folder) = started(&mut keeper, "PgBouncer").unwrap();
        Self { folder, keeper }
    }

    /// The address of this database through it.
    pub fn before(&self, database: &str) -> String {
        let database = database.replace("@localhost/", "@localhost:6432/");
        database.replace(folder_of(&database), &self.folder)
    }
}

/// Where the socket is.
fn folder_of(database: &str) -> &str {
    database.split_once("?host=").unwrap().1
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}
