//! Lists of records: newest first, page by page, over one user or over one person.
//!
//! The order is that of creation, latest first; of records of the same millisecond it is that of appid, openid, kind
//! and key. Which of two users comes first is decided here, which of two kinds or keys by the database alone, so that
//! the collation of a PostgreSQL database does not matter.

use std::cmp::{Ordering, Reverse};

use api_types::Across;

use crate::{Owner, RecordId, RecordKind, StoredRecord};

/// Which records a page shows.
#[derive(Debug, Clone)]
pub struct ListQuery {
    /// Who asks.
    pub owner: Owner,
    /// Whose records.
    pub across: Across,
    /// Only those of this kind.
    pub kind: Option<RecordKind>,
    /// Only those after this one.
    pub after: Option<Position>,
    /// At most this many.
    pub limit: u32,
}

/// Where a page ended: the place of its last record in the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// When the record was created, in milliseconds since 1970-01-01 UTC.
    pub created_at: u64,
    /// The record.
    pub id: RecordId,
}

impl Position {
    /// The place of a record.
    pub fn of(record: &StoredRecord) -> Self {
        Self {
            created_at: record.created_at,
            id: record.id.clone(),
        }
    }
}

/// A stretch of one user's records: created after `above` and not after `upto`; of those created exactly at `upto`
/// only what comes after `kind_and_key`.
#[derive(Debug)]
pub struct Slice<'a> {
    /// Whose records.
    pub owner: &'a Owner,
    /// Only those of this kind.
    pub kind: Option<&'a RecordKind>,
    /// Milliseconds since 1970-01-01 UTC; less than 0 for no bound.
    pub above: i64,
    /// Milliseconds since 1970-01-01 UTC.
    pub upto: i64,
    /// Both empty for no bound.
    pub kind_and_key: (&'a str, &'a str),
    /// At most this many.
    pub limit: u32,
}

/// A page under construction: users are added in their order, and it keeps the first of all of them.
pub(crate) struct Page<'a> {
    query: &'a ListQuery,
    records: Vec<StoredRecord>,
}

impl<'a> Page<'a> {
    pub(crate) fn new(query: &'a ListQuery) -> Self {
        Self {
            query,
            records: Vec::new(),
        }
    }

    /// What of this user could still stand on the page.
    pub(crate) fn slice_of<'b>(&'b self, owner: &'b Owner) -> Slice<'b> {
        let (upto, kind_and_key) =
            self.query
                .after
                .as_ref()
                .map_or((i64::MAX, ("", "")), |after| {
                    let created_at = millis(after.created_at);
                    match owner.columns().cmp(&after.id.owner.columns()) {
                        Ordering::Less => (created_at.saturating_sub(1), ("", "")),
                        Ordering::Equal => {
                            (created_at, (after.id.kind.as_str(), after.id.key.as_str()))
                        }
                        Ordering::Greater => (created_at, ("", "")),
                    }
                });
        let is_full = self.records.len() >= self.limit();
        let oldest = self.records.last().filter(|_| is_full);
        Slice {
            owner,
            kind: self.query.kind.as_ref(),
            // Of the same millisecond, those already here come first.
            above: oldest.map_or(-1, |oldest| millis(oldest.created_at)),
            upto,
            kind_and_key,
            limit: self.query.limit,
        }
    }

    /// Adds what the database found.
    pub(crate) fn add(&mut self, records: Vec<StoredRecord>) {
        self.records.extend(records);
        // Stable: the rest of the order is that in which records were added.
        self.records
            .sort_by_key(|record| Reverse(record.created_at));
        self.records.truncate(self.limit());
    }

    pub(crate) fn into_records(self) -> Vec<StoredRecord> {
        self.records
    }

    fn limit(&self) -> usize {
        usize::try_from(self.query.limit).unwrap_or(usize::MAX)
    }
}

fn millis(time: u64) -> i64 {
    i64::try_from(time).unwrap_or(i64::MAX)
}
