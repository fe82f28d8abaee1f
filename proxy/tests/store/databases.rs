//! A fresh database of each kind.

use std::sync::Arc;

use tempfile::TempDir;
use wechat_login_proxy::config::DatabaseUrl;
use wechat_login_proxy::store::{self, Store};

use crate::postgres;

/// An open store, and the folder it is in, if any.
pub(crate) struct Database {
    pub(crate) store: Arc<dyn Store>,
    _folder: Option<TempDir>,
}

pub(crate) async fn sqlite_in_memory() -> Database {
    Database {
        store: store::open(&DatabaseUrl::SqliteMemory).await.unwrap(),
        _folder: None,
    }
}

pub(crate) async fn sqlite_in_a_file() -> Database {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::SqliteFile(folder.path().join("proxy.sqlite"));
    Database {
        store: store::open(&url).await.unwrap(),
        _folder: Some(folder),
    }
}

pub(crate) async fn on_postgres() -> Database {
    let url = DatabaseUrl::Postgres(postgres::new_database().await);
    Database {
        store: store::open(&url).await.unwrap(),
        _folder: None,
    }
}
