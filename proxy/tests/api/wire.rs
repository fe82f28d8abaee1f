//! A connection written to by hand, for requests no client library would send.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::helpers::TestProxy;

/// Longer than anything here takes: a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open connection to a proxy.
pub(crate) struct Wire(TcpStream);

impl Wire {
    pub(crate) async fn open(proxy: &TestProxy) -> Self {
        let address = proxy.base_url.trim_start_matches("http://");
        Self::open_at(address.parse().unwrap()).await
    }

    pub(crate) async fn open_at(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.unwrap())
    }

    /// Opens a connection and writes this.
    pub(crate) async fn send(proxy: &TestProxy, text: impl AsRef<[u8]>) -> Self {
        let mut wire = Self::open(proxy).await;
        assert!(wire.write(text).await);
        wire
    }

    /// False if the other side has closed.
    pub(crate) async fn write(&mut self, text: impl AsRef<[u8]>) -> bool {
        self.0.write_all(text.as_ref()).await.is_ok()
    }

    /// One answer, its body included; empty if the connection ends instead.
    pub(crate) async fn answer(&mut self) -> String {
        let read = async {
            let mut answer = Vec::new();
            while !answer.ends_with(b"\r\n\r\n") {
                let Ok(byte) = self.0.read_u8().await else {
                    return String::from_utf8_lossy(&answer).into_owned();
                };
                answer.push(byte);
            }
            let mut body = (&mut self.0).take(length(&answer));
            // What there is of it, if the connection ends.
            let _ = body.read_to_end(&mut answer).await;
            String::from_utf8_lossy(&answer).into_owned()
        };
        timeout(PATIENCE, read).await.expect("no answer in time")
    }

    /// Returns when the other side has closed.
    pub(crate) async fn closed(&mut self) {
        self.rest().await;
    }

    /// How many bytes come until the other side has closed.
    pub(crate) async fn rest(&mut self) -> usize {
        let read = async {
            let (mut total, mut part) = (0, vec![0; 64 * 1024]);
            while let Ok(count @ 1..) = self.0.read(&mut part).await {
                total += count;
            }
            total
        };
        timeout(PATIENCE, read).await.expect("still open")
    }
}

/// How long the body is, as this head says.
fn length(head: &[u8]) -> u64 {
    let head = String::from_utf8_lossy(head).to_lowercase();
    head.split_once("content-length: ").map_or(0, |(_, rest)| {
        rest.lines().next().unwrap().trim().parse().unwrap()
    })
}

/// The status of an answer, 0 if there was none.
pub(crate) fn status(answer: &str) -> u16 {
    answer
        .split(' ')
        .nth(1)
        .map_or(0, |status| status.parse().unwrap())
}
