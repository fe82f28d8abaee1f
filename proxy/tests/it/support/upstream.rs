//! A WeChat that does exactly what a test says: answers, garbage, silence, broken connections.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use super::helpers::{ACCESS_TOKEN, OPENID, REFRESH_TOKEN, UNIONID};

/// What happens to one request.
#[derive(Clone)]
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

/// A successful exchange with this scope, `snsapi_userinfo` and its unionid or less.
pub(crate) fn granted(scope: &str) -> Reply {
    Reply::Body(token_body(scope))
}

/// A successful answer with the name.
pub(crate) fn named() -> Reply {
    Reply::Body(user_info_body())
}

/// An answer that waits for a permit.
pub(crate) fn gated() -> (Arc<Semaphore>, Reply) {
    let gate = Arc::new(Semaphore::new(0));
    let body = token_body("snsapi_base");
    (gate.clone(), Reply::Gated(gate, body))
}

/// An answer with this head, whatever is behind it.
pub(crate) fn with_head(head: &str, body: &[u8]) -> Reply {
    let head = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n");
    Reply::Raw([head.as_bytes(), body].concat())
}

/// The body of a token answer.
pub(crate) fn token_body(scope: &str) -> String {
    let mut body = json!({
        "access_token": ACCESS_TOKEN,
        "expires_in": 7200,
        "refresh_token": REFRESH_TOKEN,
        "openid": OPENID,
        "scope": scope,
    });
    if scope == "snsapi_userinfo" {
        body["unionid"] = UNIONID.into();
    }
    body.to_string()
}

/// The body of a userinfo answer.
pub(crate) fn user_info_body() -> String {
    user_info_with("nickname", "小明")
}

/// The same with another value of a field.
pub(crate) fn user_info_with(field: &str, value: &str) -> String {
    let mut body = json!({
        "openid": OPENID,
        "nickname": "小明",
        "sex": 0,
        "headimgurl": "https://thirdwx.qlogo.cn/mmopen/a/132",
        "privilege": [],
        "unionid": UNIONID,
    });
    body[field] = value.into();
    body.to_string()
}

/// The body of one of WeChat's errors.
pub(crate) fn error_body(errcode: i64, errmsg: &str) -> String {
    let errmsg = format!("{errmsg}, rid: 6206378a-793424c0-2e4091cc");
    json!({ "errcode": errcode, "errmsg": errmsg }).to_string()
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
