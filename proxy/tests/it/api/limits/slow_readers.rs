//! Clients that do not take their answer.

use super::SOON;
use crate::helpers::{TestProxy, config};
use crate::wire::Wire;

/// More than the system keeps for a client on the way.
const LONG: usize = 24 * 1024 * 1024;

#[actix_web::test]
async fn a_client_that_takes_nothing_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<!doctype html>").unwrap();
    // Nothing that could be compressed.
    let mut state = 1_u64;
    let noise = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    let noise: Vec<u8> = noise.take(LONG / 8).flatten().collect();
    std::fs::write(folder.path().join("long.bin"), noise).unwrap();
    let mut config = config("http://127.0.0.1:9");
    config.static_dir = Some(folder.path().to_owned());
    let patient = TestProxy::start_with(config.clone()).await;
    config.limits.patience.standstill = SOON;
    let proxy = TestProxy::start_with(config).await;

    let request = "GET /long.bin HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    // A busy machine may keep this side from reading.
    let mut reader = Wire::send(&patient, request).await;
    assert!(reader.rest().await > LONG);
    let mut idler = Wire::send(&proxy, request).await;
    tokio::time::sleep(4 * SOON).await;
    assert!(idler.rest().await < LONG);
}
