//! What is measured, each as the store does it for one request.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use api_types::Across;
use fastrand::Rng;
use login_store::{
    ListQuery, Position, Precondition, RecordDraft, RecordId, RecordValue, SeenIdentity, Store,
    Written,
};

use crate::population::{self, FIRST_CREATED, LAST_CREATED, WORST};

/// What the API shows unless asked otherwise.
const PAGE: u64 = 20;

/// What is measured, in the order of the table.
pub(crate) const OPERATIONS: [&str; 11] = [
    "list, first page",
    "list, a page after any position (100 records or more)",
    "list, `across=person`, first page (two accounts)",
    "get a record",
    "PUT, new record",
    "PUT, replacing",
    "login",
    "longest list, first page",
    "longest list, a page after any position",
    "longest list, PUT, new record",
    // No request: what to compare those that write with.
    "for comparison: 4 KiB written through, no database",
];

/// Does operations for any of the users, one after the other.
pub(crate) struct Client<'a> {
    pub(crate) store: &'a dyn Store,
    /// How many identities the database has.
    pub(crate) identities: u64,
    pub(crate) random: Rng,
    pub(crate) disk: RawDisk,
}

impl Client<'_> {
    /// Does each once. How long the store took; everything that prepares the question is left out.
    ///
    /// # Errors
    /// When the database fails, or its answer is not what it must be.
    pub(crate) async fn time_all(&mut self) -> anyhow::Result<[Duration; 11]> {
        let anybody = self.anybody_such_that(|_, _| true);
        let with_many = self.anybody_such_that(|client, it| client.records_of(it) >= 100);
        let with_two = self.anybody_such_that(|_, it| population::has_two_accounts(it));
        let (known, replaced) = (self.any_record()?, self.any_record()?);
        let expected = self.records_of(anybody).min(PAGE);
        let key = |client: &mut Self| format!("new-{:016x}", client.random.u64(..));
        let new = population::id(anybody, &key(self))?;
        let of_worst = population::id(WORST, &key(self))?;
        Ok([
            self.list(anybody, Across::Account, None, expected).await?,
            self.later_page(with_many).await?,
            self.list(with_two, Across::Person, None, 0).await?,
            self.get(&known).await?,
            self.put(new, true).await?,
            self.put(replaced, false).await?,
            self.login(anybody).await?,
            self.list(WORST, Across::Account, None, PAGE).await?,
            self.later_page(WORST).await?,
            self.put(of_worst, true).await?,
            self.disk.time()?,
        ])
    }

    async fn list(
        &self,
        identity: u64,
        across: Across,
        after: Option<Position>,
        expected: u64,
    ) -> anyhow::Result<Duration> {
        let query = ListQuery {
            owner: population::owner(identity)?,
            across,
            kind: None,
            after,
            // As the API does, to know whether there is another page.
            limit: u32::try_from(PAGE + 1)?,
        };
        let started = Instant::now();
        let page = self.store.list_records(&query).await?;
        let taken = started.elapsed();
        ensure!(page.len() as u64 >= expected, "a page lacks records");
        Ok(taken)
    }

    /// Any position will do: it need not be that of a record, and so nothing has been read just before.
    async fn later_page(&mut self, identity: u64) -> anyhow::Result<Duration> {
        let position = Position {
            created_at: self.random.u64(FIRST_CREATED..LAST_CREATED),
            id: population::record_id(identity, 0)?,
        };
        self.list(identity, Across::Account, Some(position), 0)
            .await
    }

    async fn get(&self, id: &RecordId) -> anyhow::Result<Duration> {
        let started = Instant::now();
        let record = self.store.get_record(id).await?;
        let taken = started.elapsed();
        ensure!(record.is_some(), "a record is missing");
        Ok(taken)
    }

    async fn put(&mut self, id: RecordId, is_new: bool) -> anyhow::Result<Duration> {
        let value = format!(
            r#"{{"title":"云南高山红茶","fen":{}}}"#,
            self.random.u32(..)
        );
        let draft = RecordDraft {
            id,
            value: RecordValue::parse(value.as_bytes())?,
            written_at: LAST_CREATED,
        };
        let started = Instant::now();
        let written = self.store.put_record(&draft, Precondition::None).await?;
        let taken = started.elapsed();
        let was_new = matches!(written, Written::Created(_));
        ensure!(
            was_new == is_new,
            "a record is missing, or was there already"
        );
        Ok(taken)
    }

    async fn login(&mut self, identity: u64) -> anyhow::Result<Duration> {
        let owner = population::owner(identity)?;
        let seen = SeenIdentity {
            appid: owner.appid,
            openid: owner.openid,
            platform: Some("camellia".to_owned()),
            unionid: Some(population::unionid(identity)?),
            scope: api_types::Scope::Base,
            profile: None,
            seen_at: LAST_CREATED / 1_000 + self.random.u64(..1_000_000),
        };
        let started = Instant::now();
        let known = self.store.upsert_identity(&seen).await?;
        let taken = started.elapsed();
        ensure!(known.first_seen < known.last_seen, "an identity is missing");
        Ok(taken)
    }

    fn any_record(&mut self) -> anyhow::Result<RecordId> {
        let identity = self.anybody_such_that(|client, it| client.records_of(it) > 0);
        let number = self.random.u64(..self.records_of(identity));
        population::record_id(identity, number)
    }

    fn records_of(&self, identity: u64) -> u64 {
        population::records_of(identity, self.identities)
    }

    /// Any of those but the one with the longest list.
    fn anybody_such_that(&mut self, is_wanted: impl Fn(&Self, u64) -> bool) -> u64 {
        loop {
            let identity = self.random.u64(WORST + 1..self.identities);
            if is_wanted(self, identity) {
                return identity;
            }
        }
    }
}

/// The disk without a database: what an acknowledged write costs at the least, at that moment.
pub(crate) struct RawDisk {
    file: File,
    written: u64,
}

/// What is written through at once, in bytes; the file has as many, and is written over and over like a log.
const BLOCK: usize = 4_096;

impl RawDisk {
    /// # Errors
    /// When there is no room for 16 MiB.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let mut file = tempfile::tempfile().context("cannot make a temporary file")?;
        file.write_all(&vec![1; BLOCK * BLOCK])?;
        file.sync_all()?;
        Ok(Self { file, written: 0 })
    }

    /// How long it takes to write a block through.
    fn time(&mut self) -> anyhow::Result<Duration> {
        let position = self.written % BLOCK as u64 * BLOCK as u64;
        self.written += 1;
        self.file.seek(SeekFrom::Start(position))?;
        let started = Instant::now();
        self.file.write_all(&[2; BLOCK])?;
        self.file.sync_data()?;
        Ok(started.elapsed())
    }
}
