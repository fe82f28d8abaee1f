//! What the measurement asks of a database beside the store: to be filled, and facts about it.

use login_store::DatabaseUrl;

use crate::stage::Stage;

/// A database that is empty at first and gone when dropped.
pub(crate) trait Engine {
    /// Where the store finds it.
    fn url(&self) -> &DatabaseUrl;

    /// Adds rows by statements of its own, and leaves the database as if it had been running for long: written
    /// through, and looked after as it looks after itself. The store has made the tables, and is closed.
    async fn load(&mut self, stage: &Stage) -> anyhow::Result<()>;

    /// The size of the tables and indexes.
    async fn bytes(&self) -> anyhow::Result<u64>;

    async fn facts(&self) -> anyhow::Result<Facts>;
}

/// What a reader of the figures wants to know.
pub(crate) struct Facts {
    /// Name and version.
    pub(crate) name: String,
    /// Today, as in `2026-11-22`.
    pub(crate) date: String,
}
