//! Acknowledged writes survive the sudden end of the process.
//!
//! On SQLite, through the program itself and HTTP: what counts is what a backend was told.

use futures_util::future::join_all;
use login_store::{SqliteStore, Store};
use tokio::sync::watch;

use super::site::{Settings, write};
use crate::support::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_writes_survive_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("proxy.sqlite");
    let mut acknowledged = Vec::new();
    for (round, moment) in [1, 13, 64, 150].into_iter().enumerate() {
        println!("round {round}: killed after {moment} acknowledged writes");
        let proxy = PROXY.start(folder.path(), &Settings::in_folder(folder.path()).toml());
        let (count, mut counted) = watch::channel(0);
        let (_go_on, stop) = watch::channel(false);
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let name = format!("{round}-{writer}");
                tokio::spawn(write(proxy.base_url(), name, count.clone(), stop.clone()))
            })
            .collect();
        counted.wait_for(|count| *count >= moment).await.unwrap();
        proxy.kill();
        for written in join_all(writers).await {
            let (keys, end) = written.unwrap();
            let end = end.unwrap_err();
            assert!(!end.contains("Status"), "{end}");
            acknowledged.extend(keys);
        }
        // All of them, those of earlier rounds included, after every end.
        let store = SqliteStore::open_file(&database).await.unwrap();
        for key in &acknowledged {
            let record = store.get_record(&order_of(OPENID, key)).await.unwrap();
            let record = record.unwrap_or_else(|| panic!("{key} was acknowledged and is lost"));
            assert_eq!(record.value.as_str(), format!("\"{key}\""));
        }
    }
}
