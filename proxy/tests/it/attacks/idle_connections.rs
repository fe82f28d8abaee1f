//! Connections that want nothing, ten thousand of them and one client's.

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use wechat_simulator::{GrantedScope, Simulator};

use crate::helpers::{APPID, SECRET, TestProxy, VERIFIER, config, new_browser, session_of};
use crate::support::PROXY;
use crate::wire::{Wire, status};
use test_support::suite_log;

const WANTED: u64 = 10_000;

/// For everything else this process has open.
const RESERVED: u64 = 1000;

/// So many connections as the system allows this process, which raises the limit as far as it may.
fn possible() -> u64 {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    let most = soft.max(hard.min(WANTED + RESERVED));
    setrlimit(Resource::RLIMIT_NOFILE, most, hard).unwrap();
    WANTED.min(most - RESERVED)
}

#[actix_web::test]
async fn ten_thousand_idle_connections_do_not_keep_a_login_out() {
    let simulator = Simulator::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let key = "idle-0123456789abcdef0123456789abcdef";
    suite_log::must_not_be_logged([key, SECRET, VERIFIER]);
    let toml = format!(
        r#"
public_url = "http://127.0.0.1:8080"
listen = "127.0.0.1:0"
database_url = "sqlite::memory:"
session_keys = ["{key}"]
simulator = true
limits = {{ connections = 12000 }}
wechat = {{ api_base = "{wechat}", open_base = "{wechat}" }}
[accounts.shop]
appid = "{APPID}"
secret = "{SECRET}"
title = "t"
"#,
        wechat = simulator.base_url()
    );
    let program = PROXY.start(folder.path(), &toml);
    let count = possible();
    let mut idle = Vec::new();
    for number in 0..count {
        let mut stream = TcpStream::connect(program.address).await.unwrap();
        // Some say nothing, some have said something once, some stop in the middle of a head.
        match number % 4 {
            0 => {
                let ask = b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n";
                stream.write_all(ask).await.unwrap();
                assert!(stream.read(&mut [0; 16]).await.unwrap() > 0, "{number}");
            }
            1 => stream.write_all(b"POST /api/session HT").await.unwrap(),
            _ => {}
        }
        idle.push(stream);
    }
    println!("{count} idle connections");
    let code = simulator.issue_code(APPID, "xiaoming", GrantedScope::Base);
    let body = json!({ "account": "shop", "code": code, "verifier": VERIFIER });
    let login = new_browser().post(format!("{}/api/session", program.base_url()));
    session_of(login.json(&body).send().await.unwrap()).await;
    assert!(
        count >= 500,
        "only {count} connections are allowed here; raise `ulimit -n`"
    );
    drop(idle);
}

/// Each asks something once, so that it is kept for the next request, which never comes.
#[actix_web::test]
async fn connections_kept_for_nothing_are_not_all_there_are() {
    let simulator = Simulator::start().await.unwrap();
    let mut config = config(&simulator.base_url());
    config.limits.connections = 16;
    let proxy = TestProxy::start_with(config).await;
    let mut kept = Vec::new();
    for _ in 0..64 {
        let mut wire = Wire::open(&proxy).await;
        wire.write("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n").await;
        assert_eq!(status(&wire.answer().await), 200);
        kept.push(wire);
    }
    let code = simulator.issue_code(APPID, "xiaoming", GrantedScope::Base);
    session_of(proxy.sign_in(&code, VERIFIER).await).await;
    drop(kept);
}
