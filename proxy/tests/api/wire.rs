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
            while let Ok(byte) = self.0.read_u8().await {
                answer.push(byte);
                if is_complete(&answer) {
                    break;
                }
            }
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

/// Whether there is a head, and as much after it as the head says.
fn is_complete(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.split_once("content-length: ").map_or(0, |(_, rest)| {
        rest.lines().next().unwrap().trim().parse().unwrap()
    });
    body.len() >= length
}

/// The status of an answer, 0 if there was none.
pub(crate) fn status(answer: &str) -> u16 {
    answer
        .split(' ')
        .nth(1)
        .map_or(0, |status| status.parse().unwrap())
}
