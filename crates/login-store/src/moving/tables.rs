//! The tables that are moved, and their rows as `COPY … (FORMAT binary)` has them. A row is the same bytes on both sides,
//! whatever is in it: nothing is escaped, and what is not there differs from what is empty.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::error::MoveError;
use crate::Error;

/// What stands before all rows and after them: no flags, no extension.
pub(super) const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
pub(super) const TRAILER: [u8; 2] = (-1_i16).to_be_bytes();

/// A table with all its columns.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    /// What it is called where people read it.
    pub(super) rows: &'static str,
    /// How many of the texts are its key, from the first.
    pub(super) key: usize,
    pub(super) texts: &'static [&'static str],
    pub(super) numbers: &'static [&'static str],
    /// Grows with most of what is written.
    pub(super) latest: &'static str,
}

/// In the order in which their rows refer to each other. Without `scan`: whatever waits there is over in three minutes.
pub(super) const TABLES: [Table; 2] = [
    Table {
        name: "identity",
        rows: "users",
        key: 2,
        texts: &[
            "appid",
            "openid",
            "platform",
            "unionid",
            "scope",
            "nickname",
            "headimgurl",
        ],
        numbers: &["first_seen", "last_seen"],
        latest: "last_seen",
    },
    Table {
        name: "record",
        rows: "records",
        key: 4,
        texts: &["appid", "openid", "kind", "key", "value"],
        numbers: &["version", "created_at", "updated_at"],
        latest: "updated_at",
    },
];

impl Table {
    /// All columns, in the order of a row.
    pub(super) fn columns(&self) -> String {
        [self.texts, self.numbers].concat().join(", ")
    }

    /// The columns of its key.
    pub(super) fn keys(&self) -> String {
        let keys: Vec<&str> = self.texts.iter().take(self.key).copied().collect();
        keys.join(", ")
    }

    /// What of a row is its key.
    pub(super) fn key_of<'r>(&self, row: &'r [u8]) -> &'r [u8] {
        let key = ends(row, self.key).and_then(|(of_key, _)| row.get(..of_key));
        key.unwrap_or_default()
    }

    /// Appends a row.
    ///
    /// # Errors
    /// [`MoveError::Unstorable`] where PostgreSQL could not take it, which may hold what no proxy has written.
    pub(super) fn add(&self, row: &SqliteRow, to: &mut Vec<u8>) -> Result<(), MoveError> {
        let count = self.texts.len().saturating_add(self.numbers.len());
        to.extend(i16::try_from(count).unwrap_or_default().to_be_bytes());
        let unstorable = |column, why| MoveError::Unstorable {
            table: self.name,
            column,
            why,
        };
        for (index, column) in self.texts.iter().enumerate() {
            let text: Result<Option<&str>, _> = row.try_get(index);
            let text = text.map_err(|_| unstorable(*column, "is no text in UTF-8"))?;
            if text.is_some_and(|text| text.contains('\0')) {
                return Err(unstorable(column, "has the character U+0000"));
            }
            add_field(to, text.map(str::as_bytes));
        }
        for (index, column) in (self.texts.len()..).zip(self.numbers) {
            let number: Result<Option<i64>, _> = row.try_get(index);
            let number = number.map_err(|_| unstorable(*column, "is no whole number"))?;
            add_field(
                to,
                number
                    .map(i64::to_be_bytes)
                    .as_ref()
                    .map(<[u8; 8]>::as_slice),
            );
        }
        Ok(())
    }
}

fn add_field(to: &mut Vec<u8>, value: Option<&[u8]>) {
    let length = value.map_or(Some(-1), |value| i32::try_from(value.len()).ok());
    // SQLite has no texts of two gigabytes.
    to.extend(length.unwrap_or(-1).to_be_bytes());
    to.extend(value.unwrap_or_default());
}

/// Cuts into rows what `COPY … TO STDOUT` says, whichever way it is cut into messages.
#[derive(Debug, Default)]
pub(super) struct Cutter {
    /// What of the beginning was not there yet.
    rest: Vec<u8>,
    is_begun: bool,
}

impl Cutter {
    /// Gives each row that ends in this message with its key, which so many fields are.
    ///
    /// # Errors
    /// Of [`Error::Corrupt`] where it does not begin as it must.
    pub(super) fn cut(
        &mut self,
        message: &[u8],
        key: usize,
        mut each: impl FnMut(&[u8], &[u8]),
    ) -> Result<(), Error> {
        let mut kept = std::mem::take(&mut self.rest);
        let mut left = if kept.is_empty() {
            message
        } else {
            kept.extend(message);
            &kept
        };
        if !self.is_begun && left.len() >= HEADER.len() {
            left = left.strip_prefix(HEADER).ok_or(Error::Corrupt("COPY"))?;
            self.is_begun = true;
        }
        while self.is_begun
            && let Some((of_key, of_row)) = ends(left, key)
            && let Some((row, others)) = left.split_at_checked(of_row)
        {
            each(row.get(..of_key).unwrap_or_default(), row);
            left = others;
        }
        self.rest = left.to_vec();
        Ok(())
    }

    /// Whether all was said.
    pub(super) fn is_over(&self) -> bool {
        self.rest == TRAILER
    }
}

/// Where the key and the row end that stand at the beginning, if all of it is there.
fn ends(bytes: &[u8], key: usize) -> Option<(usize, usize)> {
    let (count, mut left) = bytes.split_first_chunk()?;
    let count = usize::try_from(i16::from_be_bytes(*count)).ok()?;
    let mut of_key = 0;
    for field in 0..=count {
        let at = bytes.len().checked_sub(left.len())?;
        if field == key {
            of_key = at;
        }
        if field == count {
            return Some((of_key, at));
        }
        let (length, others) = left.split_first_chunk()?;
        // One that is not there has the length -1, and no bytes.
        let length = usize::try_from(i32::from_be_bytes(*length)).unwrap_or(0);
        left = others.get(length..)?;
    }
    None
}
