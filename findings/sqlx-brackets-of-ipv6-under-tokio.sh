#!/bin/sh
# sqlx 0.9.0 (sqlx-core 0.9.0): connecting to an IPv6 address in a database's URL, whose brackets belong to the URL and not
# to the address (RFC 3986, 3.2.2). `connect_tcp` takes them off for smol, and not for tokio.
#
# Expected: postgres://u@[::1]:PORT/d reaches ::1 under either runtime, as ?host=::1 does.
# Seen:     under tokio it is looked up as a name, and nobody is connected to; ?host=::1 under tokio, and either under smol,
#           is.
#
# Ends with 0 while that is so, with 1 once it changes. Needs cargo, for half a minute, and ::1 on this machine.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "brackets"
version = "0.0.0"
edition = "2021"

[dependencies]
smol = "=2.0.2"
sqlx = { version = "=0.9.0", default-features = false, features = ["postgres", "runtime-smol", "runtime-tokio"] }
sqlx-core = "=0.9.0"
sqlx-postgres = "=0.9.0"
tokio = { version = "1", features = ["rt", "net", "time"] }
TOML
cat >src/main.rs <<'RUST'
use std::net::TcpListener;

use sqlx::{Connection, PgConnection};

/// Whether somebody was connected to, and what sqlx said in the end: who answers hangs up at once.
fn reached(connect: impl FnOnce(String) -> sqlx::Error, url: &str) -> bool {
    let listener = TcpListener::bind("[::1]:0").expect("this machine has no ::1");
    let port = listener.local_addr().unwrap().port();
    listener.set_nonblocking(true).unwrap();
    let watched = listener.try_clone().unwrap();
    let watcher = std::thread::spawn(move || {
        for _ in 0..100 {
            if watched.accept().is_ok() {
                return true;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        false
    });
    let error = connect(url.replace("PORT", &port.to_string()));
    let reached = watcher.join().unwrap();
    println!("  {url}: {}, {error}", if reached { "reached" } else { "not reached" });
    reached
}

fn main() {
    let by_tokio = |url: String| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move { PgConnection::connect(&url).await.expect_err("nobody answers") })
    };
    let by_smol = |url: String| smol::block_on(async move { PgConnection::connect(&url).await.expect_err("nobody answers") });
    let (in_url, as_host) = ("postgres://u@[::1]:PORT/d?sslmode=disable", "postgres://u@localhost:PORT/d?sslmode=disable&host=::1");
    println!("tokio");
    let tokio = [reached(by_tokio, in_url), reached(by_tokio, as_host)];
    println!("smol");
    let smol = [reached(by_smol, in_url), reached(by_smol, as_host)];
    let is_so = tokio == [false, true] && smol == [true, true];
    println!("{}", if is_so { "as seen before" } else { "it has changed" });
    std::process::exit(i32::from(!is_so));
}
RUST
cargo build --quiet || exit 2
./target/debug/brackets
