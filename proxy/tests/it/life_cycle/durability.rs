//! Acknowledged writes survive the sudden end of the process.
//!
//! On SQLite, through the program itself and HTTP: what counts is what a backend was told.

use futures_util::future::join_all;
use login_store::{SqliteStore, Store};
use reqwest::Client;
use tokio::sync::watch;

use super::site::Settings;
use crate::support::*;

/// Writes one record after the other until the proxy is gone, and answers those that were acknowledged.
async fn write(
    client: Client,
    base_url: String,
    writer: String,
    count: watch::Sender<u32>,
) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for number in 0_u32.. {
        let key = format!("{writer}-{number}");
        let url = format!("{base_url}/service/accounts/shop/users/{OPENID}/records/order/{key}");
        let request = client
            .put(url)
            .bearer_auth(SERVICE_KEY)
            .header("Content-Type", "application/json")
            .body(format!("\"{key}\""));
        match request.send().await {
            Ok(response) => assert_eq!(response.status(), 201),
            Err(_) => break,
        }
        acknowledged.push(key);
        count.send_modify(|count| *count += 1);
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_writes_survive_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("proxy.sqlite");
    let mut acknowledged = Vec::new();
    for (round, moment) in [1, 13, 64, 150].into_iter().enumerate() {
        println!("round {round}: killed after {moment} acknowledged writes");
        let proxy = PROXY.start(folder.path(), &Settings::in_folder(folder.path()).toml());
        let client = Client::new();
        let (count, mut counted) = watch::channel(0);
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let name = format!("{round}-{writer}");
                let url = proxy.base_url();
                tokio::spawn(write(client.clone(), url, name, count.clone()))
            })
            .collect();
        counted.wait_for(|count| *count >= moment).await.unwrap();
        proxy.kill();
        for keys in join_all(writers).await {
            acknowledged.extend(keys.unwrap());
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
