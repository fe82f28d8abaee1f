//! Two replicas behind nginx under load, restarted one after the other: whatever was acknowledged is there, and nobody
//! is left without an answer.

use std::net::SocketAddr;
use std::path::Path;

use futures_util::future::join_all;
use login_store::{SqliteStore, Store};
use test_support::addresses::free_address;
use test_support::program::Program;
use tokio::sync::watch;

use super::site::{Settings, write};
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

/// Returns when so many more were written.
async fn wait_for_more(written: &watch::Sender<u32>, more: u32) {
    let mut written = written.subscribe();
    let enough = *written.borrow() + more;
    let waiting = written.wait_for(|count| *count >= enough);
    let in_time = tokio::time::timeout(Duration::from_secs(30), waiting).await;
    in_time.expect("the writers are stuck").unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_restarted_under_load_answer_everything_and_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let addresses = [free_address(), free_address()];
    let mut replicas = [0, 1].map(|index| start(folder.path(), index, addresses[index]));
    let nginx = Nginx::start(|nginx| site(nginx, addresses));

    let (written, (stop, stopped)) = (watch::Sender::new(0), watch::channel(false));
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let url = format!("http://{}", nginx.address);
            tokio::spawn(write(
                url,
                writer.to_string(),
                written.clone(),
                stopped.clone(),
            ))
        })
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
    stop.send(true).unwrap();

    let path = folder.path().join("proxy.sqlite");
    let store = SqliteStore::open_file(&path).await.unwrap();
    let mut count = 0;
    for written in join_all(writers).await {
        // Whatever was not acknowledged is a failure: nginx has another replica to ask.
        let (keys, end) = written.unwrap();
        assert_eq!(end, Ok(()));
        for key in keys {
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
