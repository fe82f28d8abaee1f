//! The database that everything is copied into, and how far that is.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use futures_util::stream::{BoxStream, Peekable};
use sqlx::pool::PoolConnection;
use sqlx::sqlite::SqliteRow;
use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, Postgres, Row as _, Transaction,
};
use tokio::time::sleep;

use super::error::MoveError;
use super::sums::Sums;
use super::tables::{Cutter, HEADER, TABLES, TRAILER, Table};
use crate::migrations::{self, MOVE};
use crate::postgres::connect_patiently;
use crate::{Error, PostgresUrl};

/// What is committed at once, together with how far it is: so many rows or bytes, whichever comes first.
const ROWS: u64 = 10_000;
const BYTES: usize = 8 << 20;

/// What is sent at once.
const CHUNK: usize = 64 << 10;

/// As long as the server may take to notice the end of a process of ours.
const PATIENCE: Duration = Duration::from_secs(5);

/// Sessions of other programs of ours here. Those that nobody uses tell nothing behind a pooler, which keeps them by the
/// name of whoever came last.
const OTHERS: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND application_name ~ '^wechat-login-proxy( [0-9a-f]{16})?$'";
const BUSY_OTHERS: &str = " AND state <> 'idle'";

/// Whatever the role or the server has set: a move takes its time.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = 0; \
    SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0";

pub(super) struct Target(PoolConnection<Postgres>);

/// How far a table is.
#[derive(Debug, Clone, sqlx_macros::FromRow)]
pub(super) struct Place {
    /// The table's name.
    name: String,
    /// Of which source.
    source: String,
    done: i64,
    /// The key of the last row; nothing before the first one.
    pub(super) after: Vec<String>,
}

impl Place {
    pub(super) fn done(&self) -> u64 {
        u64::try_from(self.done).unwrap_or_default()
    }
}

impl Target {
    /// Connects and makes the tables.
    ///
    /// # Errors
    /// [`MoveError::TargetInUse`] if a proxy is there, [`Error`] as for a start.
    pub(super) async fn open(url: &PostgresUrl) -> Result<Self, MoveError> {
        let (pool, is_direct) = connect_patiently(url).await?;
        let mut connection = pool.acquire().await?;
        let others = [OTHERS, if is_direct { "" } else { BUSY_OTHERS }].concat();
        let mut left = PATIENCE;
        loop {
            let look = sqlx::raw_sql(AssertSqlSafe(others.clone()));
            let sessions: i64 = look.fetch_one(&mut *connection).await?.try_get(0)?;
            if sessions == 0 {
                break;
            }
            if left.is_zero() {
                return Err(MoveError::TargetInUse(sessions));
            }
            let pause = Duration::from_millis(250);
            left = left.saturating_sub(pause);
            sleep(pause).await;
        }
        drop(connection);
        migrations::run_on_postgres(&pool).await?;
        Ok(Self(pool.acquire().await?))
    }

    async fn begin(&mut self) -> Result<Transaction<'_, Postgres>, Error> {
        Ok(self.0.begin_with(BEGIN).await?)
    }

    /// How far each table is of what the source with this mark has: at the beginning where nothing was moved yet, or
    /// where that is thrown away to begin `again`.
    ///
    /// # Errors
    /// [`MoveError`] if there is what another source has brought, or somebody else.
    pub(super) async fn places(
        &mut self,
        source: &str,
        again: bool,
    ) -> Result<[Place; TABLES.len()], MoveError> {
        let mut transaction = self.begin().await?;
        let begun = migrations::is_half_moved(&mut transaction).await?;
        if !begun {
            let make = format!(
                "CREATE TABLE {MOVE} (name TEXT PRIMARY KEY, source TEXT NOT NULL, done BIGINT NOT NULL,
                    after TEXT[] NOT NULL);
                INSERT INTO {MOVE} SELECT unnest(ARRAY['{}', '{}']), '', 0, '{{}}'",
                TABLES[0].name, TABLES[1].name
            );
            transaction.execute(AssertSqlSafe(make)).await?;
        }
        let mut places = places(&mut transaction).await?;
        let mut is_as_left = true;
        for (table, place) in TABLES.iter().zip(&places) {
            let count = format!("SELECT count(*) FROM {}", table.name);
            let count = sqlx::raw_sql(AssertSqlSafe(count));
            let count: i64 = count.fetch_one(&mut *transaction).await?.try_get(0)?;
            if count > place.done {
                let rows = u64::try_from(count.saturating_sub(place.done)).unwrap_or_default();
                return Err(MoveError::NotOurs(table.rows, rows));
            }
            is_as_left = is_as_left && count == place.done;
        }
        if begun && again {
            // `scan` is empty, for no proxy runs on what is half moved, and refers to users.
            transaction
                .execute("TRUNCATE record, scan, identity")
                .await?;
        } else if begun {
            if places.iter().any(|place| place.source != source) {
                return Err(MoveError::SourceChanged);
            }
            if !is_as_left {
                return Err(MoveError::TargetChanged);
            }
        }
        if !begun || again {
            let note = format!("UPDATE {MOVE} SET source = $1, done = 0, after = '{{}}'");
            let note = sqlx::query(AssertSqlSafe(note)).persistent(false);
            note.bind(source).execute(&mut *transaction).await?;
            places = self::places(&mut transaction).await?;
        }
        transaction.commit().await?;
        Ok(places)
    }

    /// Copies a batch of these rows, and notes in the same transaction how far it is then. Whether there was one.
    pub(super) async fn copy(
        &mut self,
        table: &Table,
        rows: &mut Peekable<BoxStream<'_, Result<SqliteRow, MoveError>>>,
        place: &mut Place,
    ) -> Result<bool, MoveError> {
        if std::pin::Pin::new(&mut *rows).peek().await.is_none() {
            return Ok(false);
        }
        let mut transaction = self.begin().await?;
        let copy = format!(
            "COPY {} ({}) FROM STDIN (FORMAT binary)",
            table.name,
            table.columns()
        );
        let mut copy = transaction.copy_in_raw(&copy).await?;
        let (mut chunk, mut sent, mut count, mut last) = (HEADER.to_vec(), 0_usize, 0, None);
        while count < ROWS
            && sent < BYTES
            && let Some(row) = rows.try_next().await?
        {
            table.add(&row, &mut chunk)?;
            count = count.saturating_add(1);
            if chunk.len() > CHUNK {
                sent = sent.saturating_add(chunk.len());
                copy.send(&*chunk).await?;
                chunk.clear();
            }
            last = Some(row);
        }
        chunk.extend(TRAILER);
        copy.send(&*chunk).await?;
        let refused = |error: sqlx::Error| match error {
            // The message alone: what else the server says has the row in it.
            sqlx::Error::Database(error) => {
                MoveError::Refused(table.name, error.message().to_owned())
            }
            other => other.into(),
        };
        copy.finish().await.map_err(refused)?;
        if let Some(last) = last {
            let key = (0..table.key).map(|index| last.try_get(index));
            place.after = key.collect::<Result<_, _>>()?;
        }
        let count = i64::try_from(count).unwrap_or_default();
        let done = place.done.saturating_add(count);
        let note = format!("UPDATE {MOVE} SET done = $1, after = $2 WHERE name = $3 AND done = $4");
        let note = sqlx::query(AssertSqlSafe(note)).persistent(false);
        let note = note.bind(done).bind(&place.after).bind(table.name);
        let noted = note.bind(place.done).execute(&mut *transaction).await?;
        if noted.rows_affected() != 1 {
            return Err(MoveError::TargetInUse(1));
        }
        transaction.commit().await?;
        place.done = done;
        Ok(true)
    }

    /// What all rows of a table come to.
    pub(super) async fn sums(&mut self, table: &Table) -> Result<Sums, MoveError> {
        let mut transaction = self.begin().await?;
        let copy = format!(
            "COPY (SELECT {} FROM {}) TO STDOUT (FORMAT binary)",
            table.columns(),
            table.name
        );
        let (mut sums, mut cutter) = (Sums::new(), Cutter::default());
        let mut messages = transaction.copy_out_raw(&copy).await?;
        while let Some(message) = messages.try_next().await? {
            cutter.cut(&message, table.key, |key, row| sums.add(key, row))?;
        }
        drop(messages);
        if !cutter.is_over() {
            return Err(Error::Corrupt("COPY").into());
        }
        transaction.commit().await?;
        Ok(sums)
    }

    /// All is there: a proxy may start on it.
    pub(super) async fn finish(mut self) -> Result<(), Error> {
        let mut transaction = self.begin().await?;
        let names = TABLES.map(|table| table.name).join(", ");
        // Otherwise the server would learn by and by what it holds, and until then choose its ways badly.
        let finish = format!("DROP TABLE {MOVE}; ANALYZE {names}");
        transaction.execute(AssertSqlSafe(finish)).await?;
        Ok(transaction.commit().await?)
    }
}

async fn places(connection: &mut PgConnection) -> Result<[Place; TABLES.len()], Error> {
    let rows = format!("SELECT name, source, done, after FROM {MOVE}");
    let rows = sqlx::query_as(AssertSqlSafe(rows)).persistent(false);
    let mut rows: Vec<Place> = rows.fetch_all(connection).await?;
    rows.sort_by_key(|place| TABLES.iter().position(|table| table.name == place.name));
    rows.try_into().map_err(|_| Error::Corrupt(MOVE))
}
