//! A store that tells an observer how long each method of another one took, and whether it failed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;

use crate::{
    Error, KnownIdentity, NotedIdentity, Owner, PoolStatus, Precondition, RecordDraft, RecordId,
    Scan, ScanState, ScanStep, SeenIdentity, Slice, Store, StoredRecord, Version, Written,
};
use wechat_oauth::{AppId, OpenId, UnionId};

/// Whoever wants to know how work on the database went.
pub trait Observer: Send + Sync {
    /// One method of [`Store`] came back.
    fn done(&self, operation: &'static str, took: Duration, failed: bool);
}

/// Passes everything on to `store`.
pub struct Observed {
    /// What does the work.
    pub store: Arc<dyn Store>,
    /// Who is told.
    pub observer: Arc<dyn Observer>,
}

/// Methods that do nothing but pass their arguments on.
macro_rules! pass_on {
    ($(async fn $name:ident(&self $(, $argument:ident: $kind:ty)*) -> $answer:ty;)*) => {
        #[async_trait]
        impl Store for Observed {
            $(async fn $name(&self $(, $argument: $kind)*) -> Result<$answer, Error> {
                let started = Instant::now();
                let result = self.store.$name($($argument),*).await;
                self.observer.done(stringify!($name), started.elapsed(), result.is_err());
                result
            })*

            fn pool_status(&self) -> PoolStatus {
                self.store.pool_status()
            }

            async fn close(&self) {
                self.store.close().await;
            }
        }
    };
}

pass_on! {
    async fn upsert_identity(&self, seen: &SeenIdentity) -> KnownIdentity;
    async fn note_identity(&self, noted: &NotedIdentity) -> KnownIdentity;
    async fn learn_unionid(&self, noted: &NotedIdentity) -> bool;
    async fn find_identity(&self, appid: &AppId, openid: &OpenId) -> Option<KnownIdentity>;
    async fn identities_of_person(&self, platform: &str, unionid: &UnionId) -> Vec<KnownIdentity>;
    async fn slice_of_users(&self, appid: &AppId, after: Option<&OpenId>, limit: u32) -> Vec<KnownIdentity>;
    async fn person_of(&self, owner: &Owner) -> Vec<Owner>;
    async fn put_record(&self, draft: &RecordDraft, precondition: Precondition) -> Written;
    async fn get_record(&self, id: &RecordId) -> Option<StoredRecord>;
    async fn delete_record(&self, id: &RecordId, version: Option<Version>) -> bool;
    async fn slice_of_records(&self, slice: &Slice<'_>) -> Vec<StoredRecord>;
    async fn erase(&self, owner: &Owner) -> Option<u64>;
    async fn unseen_users(&self, before: u64, after: Option<&Owner>) -> Vec<Owner>;
    async fn forget(&self, owner: &Owner, before: u64) -> Option<u64>;
    async fn count_records(&self, owner: &Owner) -> u64;
    async fn create_scan(&self, scan: &Scan) -> ();
    async fn find_scan(&self, hash: &str) -> Option<Scan>;
    async fn advance_scan(&self, step: &ScanStep<'_>, now: u64) -> Option<Scan>;
    async fn changed_scans(&self, since: u64) -> Vec<(String, ScanState)>;
    async fn delete_scans(&self, now: u64) -> u64;
    async fn ping(&self) -> ();
}
