//! What a computer costs that waits for its phone: ten thousand of them, at the program itself.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use futures_util::{StreamExt as _, stream};
use login_store::{Scan, ScanState};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use sha2::{Digest as _, Sha256};
use test_support::addresses::free_address;
use test_support::replica::Replica;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::*;

const COMPUTERS: usize = 10_000;
/// How many have been looked up.
const LOOKED_UP: &str = "wechat_login_store_duration_seconds_count{operation=\"find_scan\"}";
/// Of the process's memory, for each.
const MOST_BYTES: usize = 24 * 1024;

/// One that the program would have made, by its clock, which is the machine's.
fn scan(number: usize, cookie: &str, token: &str) -> Scan {
    let hash = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(text));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let now = u64::try_from(now.as_millis()).unwrap();
    Scan {
        id: hash(&format!("i{number}")),
        browser: hash(cookie),
        page: hash(token),
        code: hash(&format!("k{number}")),
        account: "shop".to_owned(),
        redirect_uri: PAGE.to_owned(),
        login_state: login_state(),
        number: "42".to_owned(),
        client: "Chrome · Windows".to_owned(),
        state: ScanState::Waiting,
        owner: None,
        created_at: now,
        ends_at: now + 120_000,
    }
}

/// Beside the program itself, from a process that has had a few of them to one at which all of them wait: their
/// connections and requests.
#[tokio::test]
#[ignore = "ten thousand connections, of a program that is optimized: docs/en/performance.md"]
async fn waiting_computers_take_less_than_24_kilobytes_each() {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).unwrap();
    let metrics = free_address();
    let folder = tempfile::tempdir().unwrap();
    let lines = format!(
        "session_keys = [\"{SESSION_KEY}\"]\nmetrics_listen = \"{metrics}\"\n\
         wechat = {{ api_base = \"{NO_WECHAT}\", open_base = \"{NO_WECHAT}\" }}\n\
         limits = {{ connections = 24000, exchanges_per_client_per_minute = 100000 }}"
    );
    let config = toml(&lines).replace("[accounts.cafe]", "scan_login = true\n[accounts.cafe]");
    std::fs::write(folder.path().join("proxy.toml"), config).unwrap();
    let url = format!("sqlite:{}/db.sqlite", folder.path().display());
    let mut proxy = Replica::new(PROXY, folder.path(), &url);
    let client = phone::client();
    proxy.start(&client).await;
    let figure = async |name: &str| -> usize {
        let asked = || client.get(format!("http://{metrics}/metrics"));
        let text = loop {
            // Who is that busy may hang up.
            if let Ok(answer) = asked().header("Connection", "close").send().await {
                break answer.string().await;
            }
        };
        let mut lines = text.lines().filter_map(|line| line.strip_prefix(name));
        lines
            .next()
            .map_or(0, |figure| figure.trim().parse().unwrap())
    };

    let store = login_store::open(&DatabaseUrl::parse(&url).unwrap())
        .await
        .unwrap();
    let begin = async |number: usize| {
        // Of the length of real ones.
        let [cookie, token] = ["c", "t"].map(|kind| format!("{kind}{number:041}A"));
        store
            .create_scan(&scan(number, &cookie, &token))
            .await
            .unwrap();
        (cookie, token)
    };
    let begun: Vec<(String, String)> = stream::iter(0..COMPUTERS)
        .map(begin)
        .buffered(64)
        .collect()
        .await;
    let hold = async |(cookie, token): &(String, String)| {
        let body = json!({ "token": token, "known": "waiting" }).to_string();
        let request = format!(
            "POST /api/scan/wait HTTP/1.1\r\nHost: h\r\nCookie: wechat_login_scan={cookie}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut connection = TcpStream::connect(proxy.address).await?;
        connection.write_all(request.as_bytes()).await?;
        Ok::<_, std::io::Error>(connection)
    };
    // What it loads for the first of them is not theirs.
    for first in begun.iter().take(10) {
        drop(hold(first).await.unwrap());
    }
    let before = figure("process_resident_memory_bytes").await;
    let mut held: Vec<TcpStream> = Vec::new();
    // No more at once than it can look up; all of them within the 25 seconds for which the first waits.
    for some in begun.chunks(250) {
        for one in some {
            held.push(hold(one).await.unwrap());
        }
        while figure(LOOKED_UP).await < held.len() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    let most = figure("wechat_login_http_requests_under_way").await;
    let after = figure("process_resident_memory_bytes").await;
    let each = (after - before) / COMPUTERS;
    println!("{most} computers wait: {each} bytes each ({before} and {after} in all)");
    drop(held);
    proxy.stop().await;
    assert!(most >= COMPUTERS, "{most} wait at once");
    assert!(each < MOST_BYTES, "{each} bytes");
}
