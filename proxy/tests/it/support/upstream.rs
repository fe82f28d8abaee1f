//! A WeChat that does exactly what a test says: answers, garbage, silence, broken connections.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

/// What happens to one request.
pub(crate) enum Reply {
    /// Status 200 and this body, as WeChat answers everything.
    Body(String),
    /// This status with an HTML body.
    Status(u16),
    /// These bytes, whatever they are, and the end of the connection.
    Raw(Vec<u8>),
    /// The end of the connection, the request having been read.
    Cut,
    /// Nothing, ever.
    Silence,
    /// The body, once the gate has a permit.
    Gated(Arc<Semaphore>, String),
}

/// A running upstream; requests beyond the script get status 500.
#[derive(Clone)]
pub(crate) struct Upstream {
    address: SocketAddr,
    script: Arc<Mutex<VecDeque<Reply>>>,
    targets: watch::Sender<Vec<String>>,
}

impl Upstream {
    pub(crate) async fn start(script: impl IntoIterator<Item = Reply>) -> Self {
        Self::start_at(([127, 0, 0, 1], 0).into(), script).await
    }

    pub(crate) async fn start_at(
        address: SocketAddr,
        script: impl IntoIterator<Item = Reply>,
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let upstream = Self {
            address: listener.local_addr().unwrap(),
            script: Arc::new(Mutex::new(script.into_iter().collect())),
            targets: watch::Sender::new(Vec::new()),
        };
        let server = upstream.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = server.clone();
                // A client that went away is the end of its connection and nothing else.
                tokio::spawn(async move { drop(server.converse(stream).await) });
            }
        });
        upstream
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Paths with query of all requests so far.
    pub(crate) fn targets(&self) -> Vec<String> {
        self.targets.borrow().clone()
    }

    /// How many codes were sent here for exchange.
    pub(crate) fn exchanges(&self) -> usize {
        self.count("/sns/oauth2/access_token?")
    }

    /// How many times name and picture were asked for.
    pub(crate) fn user_infos(&self) -> usize {
        self.count("/sns/userinfo?")
    }

    /// Returns once this many requests have arrived.
    pub(crate) async fn wait_for(&self, requests: usize) {
        let mut targets = self.targets.subscribe();
        targets
            .wait_for(|targets| targets.len() >= requests)
            .await
            .unwrap();
    }

    fn count(&self, beginning: &str) -> usize {
        let is_meant = |target: &&String| target.starts_with(beginning);
        self.targets.borrow().iter().filter(is_meant).count()
    }

    fn next_reply(&self) -> Reply {
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        script.pop_front().unwrap_or(Reply::Status(500))
    }

    async fn converse(&self, mut stream: TcpStream) -> std::io::Result<()> {
        while let Some(target) = read_request(&mut stream).await? {
            self.targets.send_modify(|targets| targets.push(target));
            match self.next_reply() {
                Reply::Body(body) => stream.write_all(&http(200, &body)).await?,
                Reply::Status(status) => {
                    stream.write_all(&http(status, "<html></html>")).await?;
                }
                Reply::Raw(bytes) => return stream.write_all(&bytes).await,
                Reply::Cut => return Ok(()),
                Reply::Silence => std::future::pending().await,
                Reply::Gated(gate, body) => {
                    drop(gate.acquire().await);
                    stream.write_all(&http(200, &body)).await?;
                }
            }
        }
        Ok(())
    }
}

fn http(status: u16, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// The target of the next request on a connection, or nothing at its end. Ours have no bodies.
async fn read_request(stream: &mut TcpStream) -> std::io::Result<Option<String>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    let head = String::from_utf8_lossy(&head);
    Ok(head.split(' ').nth(1).map(str::to_owned))
}
