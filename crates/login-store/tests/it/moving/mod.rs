//! Moving everything from an SQLite file into PostgreSQL.

mod arriving;
mod grown;
mod refusals;

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::{Path, PathBuf};

use futures_util::FutureExt as _;
use login_store::{
    DatabaseUrl, MoveError, MoveProgress, Moved, PostgresUrl, SqliteStore, Store, move_to_postgres,
};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Row as _, SqliteConnection};
use tempfile::TempDir;

use crate::samples::Database;

/// Of others, ten for each of them, by one statement.
const GROWN: &str = include_str!("../../../../../tools/bench/proxy/fill.sql");

struct Moving {
    _folder: TempDir,
    path: PathBuf,
    database: Database,
}

impl Moving {
    async fn new() -> Self {
        Self::into(Database::postgres().await).await
    }

    /// From a file with the tables and nobody in it.
    async fn into(database: Database) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("proxy.sqlite");
        SqliteStore::open_file(&path).await.unwrap().close().await;
        Self {
            _folder: folder,
            path,
            database,
        }
    }

    fn to(&self) -> &PostgresUrl {
        match &self.database.url {
            DatabaseUrl::Postgres(url) => url,
            other => panic!("{other:?}"),
        }
    }

    async fn run(&self) -> Result<Moved, MoveError> {
        move_to_postgres(&self.path, self.to(), false, &|_| {}).await
    }

    async fn run_again(&self) -> Result<Moved, MoveError> {
        move_to_postgres(&self.path, self.to(), true, &|_| {}).await
    }

    async fn store(&self) -> SqliteStore {
        SqliteStore::open_file(&self.path).await.unwrap()
    }

    /// What somebody does to the file.
    async fn change(&self, statements: &'static str) {
        change(&self.path, statements).await;
    }

    async fn grow(&self, records: u64) {
        grow(&self.path, records).await;
    }

    /// Given up at the moment when the first batch of records is there.
    async fn interrupt(&self) {
        let told = |progress: MoveProgress| {
            if progress.rows == "records" && progress.done > 0 {
                // Goes no further, whatever the server has answered meanwhile.
                resume_unwind(Box::new("given up"));
            }
        };
        let moved = AssertUnwindSafe(move_to_postgres(&self.path, self.to(), false, &told));
        assert!(moved.catch_unwind().await.is_err());
    }

    /// How many there are on the server.
    async fn count(&self, table: &str) -> i64 {
        let mut connection = self.database.connect().await;
        let count = format!("SELECT count(*) FROM {table}");
        let count = sqlx::raw_sql(AssertSqlSafe(count)).fetch_one(&mut connection);
        count.await.unwrap().get(0)
    }
}

async fn connect(path: &Path) -> SqliteConnection {
    let url = format!("sqlite:{}", path.display());
    SqliteConnection::connect(&url).await.unwrap()
}

async fn change(path: &Path, statements: &'static str) {
    let mut connection = connect(path).await;
    connection.execute(statements).await.unwrap();
    connection.close().await.unwrap();
}

async fn grow(path: &Path, records: u64) {
    let text = GROWN.replace("{records}", &records.to_string());
    let quickly =
        "PRAGMA foreign_keys = OFF; PRAGMA journal_mode = OFF; PRAGMA cache_size = -1000000";
    let text = format!("{quickly}; {text}; PRAGMA journal_mode = WAL");
    let mut connection = connect(path).await;
    connection.execute(AssertSqlSafe(text)).await.unwrap();
    connection.close().await.unwrap();
}

/// Files beside each other, and what is in them.
fn files(path: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(path.parent().unwrap()).unwrap();
    let mut files: Vec<_> = entries
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    files
}
