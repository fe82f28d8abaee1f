//! The file that is moved. Nothing in it is changed.

use std::path::Path;

use futures_util::TryStreamExt as _;
use futures_util::stream::BoxStream;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use super::error::MoveError;
use super::sums::Sums;
use super::tables::{TABLES, Table};
use crate::Error;
use crate::exclusive::open_exclusively;
use crate::migrations::{self, APPLIED, Tables};

/// After so many rows there is something to tell.
const TOLD: u64 = 10_000;

pub(super) struct Source(SqliteConnection);

impl Source {
    /// Takes it for ourselves.
    ///
    /// # Errors
    /// [`MoveError`] if somebody else has it, or its tables are not those of this version.
    pub(super) async fn open(path: &Path) -> Result<Self, MoveError> {
        if !path.exists() {
            return Err(MoveError::NoSource);
        }
        Error::refuse_half_restored(path).map_err(MoveError::Source)?;
        Error::refuse_links(path).map_err(MoveError::Source)?;
        let opened = open_exclusively(path).await;
        let explained = |error: Error| MoveError::Source(error.explained(path));
        let mut connection = opened.map_err(explained)?;
        const EXISTS: &str =
            "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations')";
        let look = async {
            let exists: bool = sqlx::query_scalar(EXISTS)
                .fetch_one(&mut connection)
                .await?;
            if !exists {
                return Ok(Tables::None);
            }
            let version = sqlx::query_scalar(APPLIED)
                .fetch_one(&mut connection)
                .await?;
            migrations::judge(version)
        };
        match look.await.map_err(MoveError::Source)? {
            Tables::Current => Ok(Self(connection)),
            Tables::None => Err(MoveError::NoSource),
            Tables::Older(_) => Err(MoveError::OldSource),
            Tables::Extended(version) => Err(MoveError::Source(Error::Newer(version))),
        }
    }

    /// How many rows each table has, and a mark that is another one after most of what can be written.
    pub(super) async fn contents(&mut self) -> Result<([u64; TABLES.len()], String), Error> {
        let (mut counts, mut mark) = ([0; TABLES.len()], String::new());
        for (table, count) in TABLES.iter().zip(&mut counts) {
            let look = format!(
                "SELECT COUNT(*), COALESCE(MAX({}), 0) FROM {}",
                table.latest, table.name
            );
            let look = sqlx::query_as(AssertSqlSafe(look)).fetch_one(&mut self.0);
            let (rows, latest): (i64, i64) = look.await?;
            *count = u64::try_from(rows).unwrap_or_default();
            mark.push_str(&format!("{} {rows} {latest} ", table.name));
        }
        Ok((counts, mark))
    }

    /// All rows after this key, in the order of keys.
    pub(super) fn rows_after(
        &mut self,
        table: &Table,
        key: &[String],
    ) -> BoxStream<'_, Result<SqliteRow, MoveError>> {
        let (columns, name, keys) = (table.columns(), table.name, table.keys());
        let all: Vec<&str> = key.iter().map(|_| "?").collect();
        let after = match key {
            [] => String::new(),
            _ => format!("WHERE ({keys}) > ({}) ", all.join(", ")),
        };
        let select = format!("SELECT {columns} FROM {name} {after}ORDER BY {keys}");
        let mut query = sqlx::query(AssertSqlSafe(select));
        for part in key {
            query = query.bind(part.clone());
        }
        let rows = query.fetch(&mut self.0);
        Box::pin(rows.map_err(|error| MoveError::Source(error.into())))
    }

    /// What all rows of it come to. Tells from time to time how many they are so far.
    pub(super) async fn sums(
        &mut self,
        table: &Table,
        told: impl Fn(u64),
    ) -> Result<Sums, MoveError> {
        // In the order of the file, which is fastest.
        let select = format!("SELECT {} FROM {}", table.columns(), table.name);
        let query = sqlx::query(AssertSqlSafe(select));
        let mut rows = query.fetch(&mut self.0);
        let (mut sums, mut bytes) = (Sums::new(), Vec::new());
        while let Some(row) = rows
            .try_next()
            .await
            .map_err(|error| MoveError::Source(error.into()))?
        {
            bytes.clear();
            table.add(&row, &mut bytes)?;
            let key = table.key_of(&bytes);
            sums.add(key, &bytes);
            if sums.rows.is_multiple_of(TOLD) {
                told(sums.rows);
            }
        }
        told(sums.rows);
        Ok(sums)
    }

    /// Gives the file back to others.
    pub(super) async fn close(self) -> Result<(), MoveError> {
        let closed = self.0.close().await;
        closed.map_err(|error| MoveError::Source(error.into()))
    }
}
