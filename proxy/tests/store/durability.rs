//! Acknowledged writes survive the sudden end of the process.
//!
//! On SQLite, through the program itself and HTTP: what counts is what a backend was told.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use futures_util::future::join_all;
use login_store::{SqliteStore, Store};
use reqwest::Client;
use tokio::sync::watch;

use crate::samples::{SHOP, XIAOMING, id, owner};

const KEY: &str = "service-key-of-the-order-system-0123456789";

/// The program on this database, killed when dropped.
struct Proxy {
    process: Child,
    base_url: String,
}

impl Proxy {
    fn start(folder: &Path) -> Self {
        let toml = format!(
            "public_url = \"https://shop.example\"\nlisten = \"127.0.0.1:0\"\ndatabase_url = \"sqlite:proxy.sqlite\"\n\
             session_keys = [\"0123456789abcdef0123456789abcdef\"]\n\
             [accounts.shop]\nappid = \"{SHOP}\"\nsecret = \"s\"\ntitle = \"t\"\n\
             [service_keys]\norders = \"{KEY}\"\n"
        );
        std::fs::write(folder.join("proxy.toml"), toml).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_wechat-login-proxy"))
            .current_dir(folder)
            .env("RUST_LOG", "warn,wechat_login_proxy=info")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        suite_log::must_not_be_logged([KEY]);
        let log = process.stderr.take().unwrap();
        let mut log = BufReader::new(suite_log::keeping("durability", log)).lines();
        let address = log.find_map(|line| {
            let line = line.unwrap();
            let (_, address) = line.split_once("listening address=")?;
            Some(address.trim().to_owned())
        });
        let base_url = format!("http://{}", address.expect("it did not start"));
        // Read on, or the program would be told that nobody listens any more.
        std::thread::spawn(move || log.for_each(drop));
        Self { process, base_url }
    }

    /// `kill -9`.
    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

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
        let url = format!("{base_url}/service/accounts/shop/users/{XIAOMING}/records/order/{key}");
        let request = client
            .put(url)
            .bearer_auth(KEY)
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
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = Vec::new();
    for (round, moment) in [1, 13, 64, 150].into_iter().enumerate() {
        println!("round {round}: killed after {moment} acknowledged writes");
        let mut proxy = Proxy::start(folder.path());
        let client = Client::builder().no_proxy().build().unwrap();
        let (count, mut counted) = watch::channel(0);
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let name = format!("{round}-{writer}");
                let url = proxy.base_url.clone();
                tokio::spawn(write(client.clone(), url, name, count.clone()))
            })
            .collect();
        counted.wait_for(|count| *count >= moment).await.unwrap();
        proxy.kill();
        for keys in join_all(writers).await {
            acknowledged.extend(keys.unwrap());
        }
        // All of them, those of earlier rounds included, after every end.
        let store = SqliteStore::open_file(&folder.path().join("proxy.sqlite"))
            .await
            .unwrap();
        for key in &acknowledged {
            let id = id(&owner(SHOP, XIAOMING), "order", key);
            let record = store.get_record(&id).await.unwrap();
            let record = record.unwrap_or_else(|| panic!("{key} was acknowledged and is lost"));
            assert_eq!(record.value.as_str(), format!("\"{key}\""));
        }
    }
}
