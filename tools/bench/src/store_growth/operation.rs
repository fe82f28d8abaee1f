//! What is measured, each as the store does it for one request.

use std::time::{Duration, Instant};

use anyhow::ensure;
use login_store::{
    ListQuery, Position, Precondition, RecordDraft, RecordId, RecordValue, Scope, SeenIdentity,
    Store, Written,
};

use crate::population::{self, PLATFORM, Population, WORST};
use crate::random::Random;
use crate::raw_disk::RawDisk;
use crate::stage::{FIRST_CREATED, LAST_CREATED};

/// What the API shows unless asked otherwise.
const PAGE: u32 = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    FirstPage,
    LaterPage,
    PersonPage,
    Get,
    PutNew,
    PutReplacing,
    Login,
    WorstFirstPage,
    WorstLaterPage,
    WorstPutNew,
    /// No request: what to compare those that write with.
    DiskAlone,
}

impl Operation {
    pub(crate) const ALL: [Self; 11] = [
        Self::FirstPage,
        Self::LaterPage,
        Self::PersonPage,
        Self::Get,
        Self::PutNew,
        Self::PutReplacing,
        Self::Login,
        Self::WorstFirstPage,
        Self::WorstLaterPage,
        Self::WorstPutNew,
        Self::DiskAlone,
    ];

    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::FirstPage => "list, first page",
            Self::LaterPage => "list, a page after any position (100 records or more)",
            Self::PersonPage => "list, `across=person`, first page (two accounts)",
            Self::Get => "get a record",
            Self::PutNew => "PUT, new record",
            Self::PutReplacing => "PUT, replacing",
            Self::Login => "login",
            Self::WorstFirstPage => "longest list, first page",
            Self::WorstLaterPage => "longest list, a page after any position",
            Self::WorstPutNew => "longest list, PUT, new record",
            Self::DiskAlone => "for comparison: 4 KiB written through, no database",
        }
    }
}

/// Does operations for any of the users, one after the other.
pub(crate) struct Client<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) population: Population,
    /// How many identities the database has.
    pub(crate) identities: u32,
    pub(crate) random: Random,
    pub(crate) disk: RawDisk,
}

impl Client<'_> {
    /// How long the store took; everything that prepares the question is left out.
    ///
    /// # Errors
    /// When the database fails, or its answer is not what it must be.
    pub(crate) async fn time(&mut self, operation: Operation) -> anyhow::Result<Duration> {
        match operation {
            Operation::FirstPage => {
                let identity = self.anybody();
                let expected = self.records_of(identity).min(PAGE);
                self.list(identity, Scope::Own, None, expected).await
            }
            Operation::LaterPage => {
                let identity =
                    self.anybody_such_that(|client, identity| client.records_of(identity) >= 100);
                self.later_page(identity).await
            }
            Operation::PersonPage => {
                let identity =
                    self.anybody_such_that(|_, identity| Population::has_two_accounts(identity));
                self.list(identity, Scope::Person, None, 0).await
            }
            Operation::Get => self.get().await,
            Operation::PutNew => {
                let identity = self.anybody();
                self.put_new(identity).await
            }
            Operation::PutReplacing => self.put_replacing().await,
            Operation::Login => self.login().await,
            Operation::WorstFirstPage => self.list(WORST, Scope::Own, None, PAGE).await,
            Operation::WorstLaterPage => self.later_page(WORST).await,
            Operation::WorstPutNew => self.put_new(WORST).await,
            Operation::DiskAlone => self.disk.time(),
        }
    }

    async fn list(
        &self,
        identity: u32,
        scope: Scope,
        after: Option<Position>,
        expected: u32,
    ) -> anyhow::Result<Duration> {
        let query = ListQuery {
            owner: self.population.owner(identity)?,
            scope,
            kind: None,
            after,
            // As the API does, to know whether there is another page.
            limit: PAGE + 1,
        };
        let started = Instant::now();
        let page = self.store.list_records(&query).await?;
        let taken = started.elapsed();
        ensure!(page.len() >= expected as usize, "a page lacks records");
        Ok(taken)
    }

    /// Any position will do: it need not be that of a record, and so nothing has been read just before.
    async fn later_page(&mut self, identity: u32) -> anyhow::Result<Duration> {
        let seconds = u32::try_from((LAST_CREATED - FIRST_CREATED) / 1_000)?;
        let since_first = u64::from(self.random.below(seconds)) * 1_000;
        let position = Position {
            created_at: FIRST_CREATED.unsigned_abs() + since_first,
            id: self.population.record_id(identity, 0)?,
        };
        self.list(identity, Scope::Own, Some(position), 0).await
    }

    async fn get(&mut self) -> anyhow::Result<Duration> {
        let id = self.any_record()?;
        let started = Instant::now();
        let record = self.store.get_record(&id).await?;
        let taken = started.elapsed();
        ensure!(record.is_some(), "a record is missing");
        Ok(taken)
    }

    async fn put_new(&mut self, identity: u32) -> anyhow::Result<Duration> {
        let key = format!("new-{:016x}", self.random.number());
        let id = self.population.id(identity, "order", &key)?;
        let (written, taken) = self.put(id).await?;
        ensure!(
            matches!(written, Written::Created(_)),
            "a new record was there already"
        );
        Ok(taken)
    }

    async fn put_replacing(&mut self) -> anyhow::Result<Duration> {
        let id = self.any_record()?;
        let (written, taken) = self.put(id).await?;
        ensure!(
            matches!(written, Written::Replaced(_)),
            "a record to replace is missing"
        );
        Ok(taken)
    }

    async fn put(&mut self, id: RecordId) -> anyhow::Result<(Written, Duration)> {
        let draft = RecordDraft {
            id,
            value: RecordValue::parse(population::value(&mut self.random).as_bytes())?,
            written_at: LAST_CREATED.unsigned_abs(),
        };
        let started = Instant::now();
        let written = self.store.put_record(&draft, Precondition::None).await?;
        Ok((written, started.elapsed()))
    }

    async fn login(&mut self) -> anyhow::Result<Duration> {
        let identity = self.anybody();
        let owner = self.population.owner(identity)?;
        let unionid = self.population.parsed_unionid(identity)?;
        let seen = SeenIdentity {
            appid: owner.appid,
            openid: owner.openid,
            platform: Some(PLATFORM.to_owned()),
            unionid: Some(unionid),
            scope: api_types::Scope::Base,
            profile: None,
            seen_at: LAST_CREATED.unsigned_abs() / 1_000 + u64::from(self.random.below(1_000_000)),
        };
        let started = Instant::now();
        let known = self.store.upsert_identity(&seen).await?;
        let taken = started.elapsed();
        ensure!(known.first_seen < known.last_seen, "an identity is missing");
        Ok(taken)
    }

    fn any_record(&mut self) -> anyhow::Result<RecordId> {
        let identity = self.anybody_such_that(|client, identity| client.records_of(identity) > 0);
        let number = self.random.below(self.records_of(identity));
        self.population.record_id(identity, number)
    }

    fn records_of(&self, identity: u32) -> u32 {
        self.population.records_of(identity, self.identities)
    }

    /// Anybody but the one with the longest list.
    fn anybody(&mut self) -> u32 {
        WORST + 1 + self.random.below(self.identities - WORST - 1)
    }

    fn anybody_such_that(&mut self, is_wanted: impl Fn(&Self, u32) -> bool) -> u32 {
        loop {
            let identity = self.anybody();
            if is_wanted(self, identity) {
                return identity;
            }
        }
    }
}
