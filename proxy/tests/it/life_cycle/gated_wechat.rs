//! A WeChat that answers when it is told to.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

/// Answers every request with the same body, each when there is a permit.
pub(crate) struct GatedWechat {
    address: SocketAddr,
    gate: Arc<Semaphore>,
    requests: watch::Receiver<usize>,
}

impl GatedWechat {
    pub(crate) async fn start(body: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (count, requests) = watch::channel(0);
        let wechat = Self {
            address: listener.local_addr().unwrap(),
            gate: Arc::new(Semaphore::new(0)),
            requests,
        };
        let gate = wechat.gate.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that went away is the end of its connection and nothing else.
                tokio::spawn(answer(stream, body.clone(), gate.clone(), count.clone()));
            }
        });
        wechat
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns once somebody has asked.
    pub(crate) async fn asked(&mut self) {
        self.requests.wait_for(|count| *count > 0).await.unwrap();
    }

    /// Lets one answer through.
    pub(crate) fn answer(&self) {
        self.gate.add_permits(1);
    }
}

async fn answer(
    mut stream: TcpStream,
    body: String,
    gate: Arc<Semaphore>,
    count: watch::Sender<usize>,
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    count.send_modify(|count| *count += 1);
    drop(gate.acquire().await);
    let length = body.len();
    let answer =
        format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
    stream.write_all(answer.as_bytes()).await
}
