//! What it costs to move a store that has grown.

use std::cell::Cell;
use std::path::Path;
use std::time::Instant;

use login_store::{MoveProgress, MoveStep, Moved, move_to_postgres};
use nix::sys::resource::{UsageWho, getrusage};
use sqlx::{Connection as _, Row as _};

use super::{Moving, grow};
use crate::samples::Database;

/// Where the store to be measured is, and how many records it shall have.
const GROWING: [&str; 2] = ["WECHAT_LOGIN_GROWING", "WECHAT_LOGIN_RECORDS"];

#[tokio::test]
#[ignore = "a part of the one below, in a process of its own, whose memory is not counted"]
async fn a_store_grows() {
    let [path, records] = GROWING.map(|name| std::env::var(name).unwrap());
    grow(Path::new(&path), records.parse().unwrap()).await;
}

/// Ten million records of a million users: what moving them costs.
#[tokio::test]
#[ignore = "a measurement: minutes and 12 GB, by make bench PART=move"]
async fn a_grown_store_is_moved() {
    let [_, records] = GROWING.map(std::env::var);
    let records = records.unwrap_or("10000000".to_owned());
    // With its defaults, on a disk.
    let server = test_support::postgres::Server::start(&[]).unwrap();
    let moving = Moving::into(Database::at(&server.new_database().await.unwrap(), None)).await;
    let mut fill = std::process::Command::new(std::env::current_exe().unwrap());
    fill.args(["--ignored", "--exact", "moving::grown::a_store_grows"])
        .env(GROWING[0], &moving.path)
        .env(GROWING[1], records);
    assert!(fill.output().unwrap().status.success());
    let megabytes = std::fs::metadata(&moving.path).unwrap().len() / 1_000_000;
    let mut own = moving.database.connect().await;
    let version = sqlx::raw_sql("SHOW server_version").fetch_one(&mut own);
    let version: String = version.await.unwrap().get(0);
    own.close().await.unwrap();
    let (began, copied) = (Instant::now(), Cell::new(None));
    let told = |progress: MoveProgress| {
        if progress.step == MoveStep::Compare && copied.get().is_none() {
            copied.set(Some(began.elapsed().as_secs()));
        }
    };
    println!("moving begins");
    let moved = move_to_postgres(&moving.path, moving.to(), false, &told).await;
    let (took, Moved { users, records }) = (began.elapsed().as_secs(), moved.unwrap());
    let copied = copied.get().unwrap();
    let memory = getrusage(UsageWho::RUSAGE_SELF).unwrap().max_rss() / 1_000;
    println!(
        "{users} users and {records} records, a file of {megabytes} MB, into PostgreSQL {version} with its defaults: {took} \
         seconds, {copied} of them copying and {} comparing; at most {memory} MB of memory",
        took - copied
    );
}
