//! Connections that want nothing, ten thousand of them.

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::life_cycle::site::Settings;
use crate::support::*;

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
    let settings = Settings {
        wechat: &simulator.base_url(),
        ..Settings::in_folder(folder.path())
    };
    let toml = format!("{}[limits]\nconnections = 12000\n", settings.toml());
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
    let visitor = Caller::new(program.base_url(), None);
    visitor.log_in(&simulator, "xiaoming", Base).await;
    assert!(
        count >= 500,
        "only {count} connections are allowed here; raise `ulimit -n`"
    );
    drop(idle);
}
