//! A store that counts and times what another one does.

use std::sync::Arc;

use async_trait::async_trait;

use super::{
    Connections, Error, Identity, NotedIdentity, Owner, Precondition, RecordDraft, RecordId,
    SeenIdentity, Slice, Store, StoredRecord, Version, Written,
};
use crate::metrics::Metrics;
use crate::wechat::{AppId, OpenId};

/// Passes everything on to `store`.
pub(crate) struct Measured {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) metrics: Arc<Metrics>,
}

/// Methods that do nothing but pass their arguments on.
macro_rules! pass_on {
    ($(async fn $name:ident(&self $(, $argument:ident: $kind:ty)*) -> $answer:ty;)*) => {
        #[async_trait]
        impl Store for Measured {
            $(async fn $name(&self $(, $argument: $kind)*) -> Result<$answer, Error> {
                let work = self.store.$name($($argument),*);
                self.metrics.timed(stringify!($name), work).await
            })*

            fn connections(&self) -> Connections {
                self.store.connections()
            }

            async fn close(&self) {
                self.store.close().await;
            }
        }
    };
}

pass_on! {
    async fn upsert_identity(&self, seen: &SeenIdentity) -> Identity;
    async fn note_identity(&self, noted: &NotedIdentity) -> Identity;
    async fn find_identity(&self, appid: &AppId, openid: &OpenId) -> Option<Identity>;
    async fn person_of(&self, owner: &Owner) -> Vec<Owner>;
    async fn put_record(&self, draft: &RecordDraft, precondition: Precondition) -> Written;
    async fn get_record(&self, id: &RecordId) -> Option<StoredRecord>;
    async fn delete_record(&self, id: &RecordId, version: Option<Version>) -> bool;
    async fn slice_of_records(&self, slice: &Slice<'_>) -> Vec<StoredRecord>;
    async fn erase(&self, owner: &Owner) -> Option<u64>;
    async fn unseen_users(&self, before: u64, after: Option<&Owner>) -> Vec<Owner>;
    async fn forget(&self, owner: &Owner, before: u64) -> Option<u64>;
    async fn count_records(&self, owner: &Owner) -> u64;
    async fn ping(&self) -> ();
}
