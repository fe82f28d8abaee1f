//! Two replicas behind nginx under load, restarted one after the other: whatever was acknowledged is there, and nobody
//! is left without an answer.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use futures_util::future::join_all;
use login_store::{Owner, RecordId, RecordKey, RecordKind, SqliteStore, Store};
use reqwest::Client;
use wechat_oauth::{AppId, OpenId};

use crate::life_cycle::site::{APPID, SERVICE_KEY, Settings, browser};
use crate::support::PROXY;
use test_support::nginx::Nginx;
use test_support::program::Program;

const OPENID: &str = "oABCdefGHIjklMNOpqrSTUvwxYZ0";
const WRITERS: usize = 4;

/// nginx in front of both, as documented for replicas: what one did not answer goes to the other, where asking twice is
/// harmless. One that refused is left alone for a second.
fn site(nginx: SocketAddr, replicas: [SocketAddr; 2]) -> String {
    let [one, other] = replicas;
    format!(
        "upstream replicas {{
            server {one} max_fails=1 fail_timeout=1s;
            server {other} max_fails=1 fail_timeout=1s;
            keepalive 8;
        }}
        server {{
            listen {nginx};
            location / {{
                proxy_pass http://replicas;
                proxy_http_version 1.1;
                proxy_set_header Connection \"\";
                proxy_connect_timeout 1s;
                proxy_next_upstream error timeout;
            }}
        }}"
    )
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

fn start(folder: &Path, index: usize, listen: SocketAddr) -> Program {
    let own = folder.join(index.to_string());
    std::fs::create_dir_all(&own).unwrap();
    let database = folder.join("proxy.sqlite");
    let settings = Settings {
        listen: &listen.to_string(),
        // Longer than nginx leaves the other one alone.
        delay: 2,
        ..Settings::on(&database)
    };
    PROXY.start(&own, &settings.toml())
}

/// Writes one record after the other until told to stop, and answers those that were acknowledged. Any other answer,
/// and none, is a failure: nginx has another replica to ask.
async fn write(
    client: Client,
    base_url: String,
    writer: usize,
    stop: Arc<AtomicBool>,
    written: Arc<AtomicU32>,
) -> Result<Vec<String>, String> {
    let mut acknowledged = Vec::new();
    while !stop.load(Ordering::SeqCst) {
        let key = format!("{writer}-{}", acknowledged.len());
        let url = format!("{base_url}/service/accounts/shop/users/{OPENID}/records/order/{key}");
        let request = client
            .put(url)
            .bearer_auth(SERVICE_KEY)
            .header("Content-Type", "application/json")
            .body(format!("\"{key}\""));
        let answer = request
            .send()
            .await
            .map_err(|error| format!("{key}: {error:?}"))?;
        if !answer.status().is_success() {
            return Err(format!("{key}: {}", answer.status()));
        }
        acknowledged.push(key);
        written.fetch_add(1, Ordering::SeqCst);
    }
    Ok(acknowledged)
}

/// Returns when so many more were written.
async fn wait_for_more(written: &AtomicU32, more: u32) {
    let enough = written.load(Ordering::SeqCst) + more;
    let waiting = async {
        while written.load(Ordering::SeqCst) < enough {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    let in_time = tokio::time::timeout(std::time::Duration::from_secs(30), waiting).await;
    in_time.expect("the writers are stuck");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_restarted_under_load_answer_everything_and_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let addresses = [free_address(), free_address()];
    let mut replicas = [0, 1].map(|index| start(folder.path(), index, addresses[index]));
    let nginx = Nginx::start(|nginx| site(nginx, addresses));

    let (stop, written) = (Arc::<AtomicBool>::default(), Arc::<AtomicU32>::default());
    let client = browser();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let base_url = format!("http://{}", nginx.address);
            let writing = write(
                client.clone(),
                base_url,
                writer,
                stop.clone(),
                written.clone(),
            );
            tokio::spawn(writing)
        })
        .collect();
    for (index, replica) in replicas.iter_mut().enumerate() {
        wait_for_more(&written, 20).await;
        replica.signal("TERM");
        assert!(
            replica.wait().success(),
            "{index}: {}",
            replica.rest_of_log()
        );
        wait_for_more(&written, 20).await;
        *replica = start(folder.path(), index, addresses[index]);
    }
    wait_for_more(&written, 20).await;
    stop.store(true, Ordering::SeqCst);

    let store = SqliteStore::open_file(&folder.path().join("proxy.sqlite"))
        .await
        .unwrap();
    let mut count = 0;
    for keys in join_all(writers).await {
        for key in keys.unwrap().unwrap() {
            let id = RecordId {
                owner: Owner {
                    appid: AppId::parse(APPID).unwrap(),
                    openid: OpenId::parse(OPENID).unwrap(),
                },
                kind: RecordKind::parse("order").unwrap(),
                key: RecordKey::parse(&key).unwrap(),
            };
            let record = store.get_record(&id).await.unwrap();
            assert!(record.is_some(), "{key} was acknowledged and is lost");
            count += 1;
        }
    }
    println!("{count} records acknowledged over two restarts, none missing");
    assert!(count >= 100, "{count}");
}
