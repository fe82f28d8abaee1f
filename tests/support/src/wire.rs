//! A client for raw HTTP/1.1: a connection written to by hand, for requests no client library would send.

use std::net::ToSocketAddrs;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than anything here takes: a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open connection.
pub struct Wire(TcpStream);

impl Wire {
    /// Opens a connection to whatever listens there.
    ///
    /// # Panics
    /// When nothing does.
    pub async fn open(at: impl ToSocketAddrs) -> Self {
        let address = at.to_socket_addrs().unwrap().next().unwrap();
        Self(TcpStream::connect(address).await.unwrap())
    }

    /// Opens a connection and writes this.
    ///
    /// # Panics
    /// When the other side has closed before all was written.
    pub async fn send(at: impl ToSocketAddrs, text: impl AsRef<[u8]>) -> Self {
        let mut wire = Self::open(at).await;
        assert!(wire.write(text).await);
        wire
    }

    /// False if the other side has closed.
    pub async fn write(&mut self, text: impl AsRef<[u8]>) -> bool {
        self.0.write_all(text.as_ref()).await.is_ok()
    }

    /// Says that nothing more comes.
    pub async fn finish(&mut self) {
        let _ = self.0.shutdown().await;
    }

    /// One answer, its body included; empty if the connection ends instead.
    ///
    /// # Panics
    /// When it does not come in time.
    pub async fn answer(&mut self) -> String {
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
    pub async fn closed(&mut self) {
        self.rest().await;
    }

    /// How many bytes come until the other side has closed.
    ///
    /// # Panics
    /// When it does not close in time.
    pub async fn rest(&mut self) -> usize {
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

/// Sends this on a connection of its own, and gives all that comes until the other side closes.
///
/// # Panics
/// When it does not close in time.
pub async fn exchange(at: impl ToSocketAddrs, request: impl AsRef<[u8]>) -> String {
    let mut wire = Wire::open(at).await;
    // The other side may refuse before it has read everything.
    wire.write(request).await;
    let mut answer = Vec::new();
    timeout(PATIENCE, wire.0.read_to_end(&mut answer))
        .await
        .expect("still open")
        .ok();
    String::from_utf8_lossy(&answer).into_owned()
}

/// How long the body is, as this head says.
fn length(head: &[u8]) -> u64 {
    let head = String::from_utf8_lossy(head).to_lowercase();
    head.split_once("content-length: ").map_or(0, |(_, rest)| {
        rest.lines().next().unwrap().trim().parse().unwrap()
    })
}

/// The status of an answer, 0 if there was none.
///
/// # Panics
/// When the second word is no number.
pub fn status(answer: &str) -> u16 {
    answer
        .split(' ')
        .nth(1)
        .map_or(0, |status| status.parse().unwrap())
}
