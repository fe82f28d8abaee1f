//! A fresh database of each kind.

use std::sync::Arc;

use login_store::DatabaseUrl;
use login_store::Store;
use tempfile::TempDir;

use crate::postgres;

/// An open store, and the folder it is in, if any.
pub(crate) struct Database {
    pub(crate) store: Arc<dyn Store>,
    _folder: Option<TempDir>,
}

pub(crate) async fn sqlite_in_memory() -> Database {
    Database {
        store: login_store::open(&DatabaseUrl::SqliteMemory).await.unwrap(),
        _folder: None,
    }
}

pub(crate) async fn sqlite_in_a_file() -> Database {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::SqliteFile(folder.path().join("proxy.sqlite"));
    Database {
        store: login_store::open(&url).await.unwrap(),
        _folder: Some(folder),
    }
}

pub(crate) async fn on_postgres() -> Database {
    let url = DatabaseUrl::Postgres(postgres::new_database().await);
    Database {
        store: login_store::open(&url).await.unwrap(),
        _folder: None,
    }
}
