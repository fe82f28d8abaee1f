//! Two replicas behind nginx under load, restarted one after the other: whatever was acknowledged is there, and nobody
//! is left without an answer.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use futures_util::future::join_all;
use login_store::{SqliteStore, Store};
use test_support::addresses::free_address;
use test_support::program::Program;

use super::site::Settings;
use crate::support::*;

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

fn start(folder: &Path, index: usize, listen: SocketAddr) -> Program {
    let own = folder.join(index.to_string());
    std::fs::create_dir_all(&own).unwrap();
    let settings = Settings {
        listen: &listen.to_string(),
        // Longer than nginx leaves the other one alone.
        delay: 2,
        ..Settings::in_folder(folder)
    };
    PROXY.start(&own, &settings.toml())
}

/// Writes one record after the other until told to stop, and answers those that were acknowledged. Any other answer,
/// and none, is a failure: nginx has another replica to ask.
async fn write(
    nginx: SocketAddr,
    writer: usize,
    stop: Arc<AtomicBool>,
    written: Arc<AtomicU32>,
) -> Result<Vec<String>, String> {
    let key = ("Authorization", format!("Bearer {SERVICE_KEY}"));
    let backend = Caller::new(format!("http://{nginx}"), Some(key));
    let mut acknowledged = Vec::new();
    while !stop.load(Ordering::SeqCst) {
        let key = format!("{writer}-{}", acknowledged.len());
        let path = format!("{}/records/order/{key}", user_path("shop", OPENID));
        let request = backend.put_request(&path, &format!("\"{key}\""));
        let answer = request.send().await;
        let answer = answer.map_err(|error| format!("{key}: {error:?}"))?;
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
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(30), waiting).await;
    in_time.expect("the writers are stuck");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_restarted_under_load_answer_everything_and_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let addresses = [free_address(), free_address()];
    let mut replicas = [0, 1].map(|index| start(folder.path(), index, addresses[index]));
    let nginx = Nginx::start(|nginx| site(nginx, addresses));

    let (stop, written) = (Arc::<AtomicBool>::default(), Arc::<AtomicU32>::default());
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| tokio::spawn(write(nginx.address, writer, stop.clone(), written.clone())))
        .collect();
    for (index, replica) in replicas.iter_mut().enumerate() {
        wait_for_more(&written, 20).await;
        replica.signal("TERM");
        let status = replica.wait();
        assert!(status.success(), "{index}: {}", replica.rest_of_log());
        wait_for_more(&written, 20).await;
        *replica = start(folder.path(), index, addresses[index]);
    }
    wait_for_more(&written, 20).await;
    stop.store(true, Ordering::SeqCst);

    let path = folder.path().join("proxy.sqlite");
    let store = SqliteStore::open_file(&path).await.unwrap();
    let mut count = 0;
    for keys in join_all(writers).await {
        for key in keys.unwrap().unwrap() {
            let record = store.get_record(&order_of(OPENID, &key)).await;
            assert!(
                record.unwrap().is_some(),
                "{key} was acknowledged and is lost"
            );
            count += 1;
        }
    }
    println!("{count} records acknowledged over two restarts, none missing");
    assert!(count >= 100, "{count}");
}
