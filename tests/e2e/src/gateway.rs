//! A gateway between browser and proxy that fails on order, as those of data centres and mobile networks do.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What the gateway does to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GatewayFault {
    /// Closes the connection without an answer; the proxy sees nothing of the request.
    Reset,
    /// Closes the connection without an answer after the proxy has done its work.
    AnswerLost,
    /// A gateway's own page, with this status.
    ErrorPage(u16),
    /// Status 200 and a page of HTML, as of a network that wants a login of its own.
    ForeignPage,
    /// Status 200 and nothing else.
    Empty,
    /// The first half of the proxy's answer, then the connection closes.
    Half,
    /// The first half of what the proxy answers with, as if it were all of it.
    Cut,
    /// Never answers; the proxy sees nothing of the request.
    Silence,
    /// The proxy's answer, so many milliseconds late.
    Late(u64),
    /// Who came to 127.0.0.1 is sent to the same page of localhost; who is there gets the proxy's answer.
    ToLocalhost,
}

/// A running gateway; stopped when dropped.
pub struct Gateway {
    pub(crate) address: SocketAddr,
    book: Arc<Mutex<Book>>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Book {
    /// What requests look like, what happens to them, and how many times still.
    order: Option<(String, GatewayFault, usize)>,
    /// What is answered here, and how: status and JSON.
    own: Option<(String, u16, &'static str)>,
    /// All so far.
    requests: Vec<String>,
}

impl Gateway {
    pub(crate) async fn start(proxy: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let book = Arc::new(Mutex::new(Book::default()));
        let open = book.clone();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let book = open.clone();
                // A client that goes away is no failure of the gateway's.
                tokio::spawn(async move { drop(pass(client, proxy, &book).await) });
            }
        });
        Ok(Self {
            address,
            book,
            task,
        })
    }

    /// Does this to every request from now on that begins so, `POST /api/session` for example, or `GET /*.wasm ` with
    /// anything in the place of the star.
    pub fn fail(&self, requests: &str, fault: GatewayFault) {
        self.fail_times(usize::MAX, requests, fault);
    }

    /// Does this so many times, and then fails no more.
    pub fn fail_times(&self, times: usize, requests: &str, fault: GatewayFault) {
        locked(&self.book).order = Some((requests.to_owned(), fault, times));
    }

    /// Answers every request from now on that begins so by itself, with this status and this body of JSON: the company's own
    /// back end, behind the same gateway.
    pub fn answer(&self, requests: &str, status: u16, body: &'static str) {
        locked(&self.book).own = Some((requests.to_owned(), status, body));
    }

    /// Fails no more.
    pub fn heal(&self) {
        locked(&self.book).order = None;
    }

    /// The requests so far that begin so, whole.
    pub fn asked(&self, requests: &str) -> Vec<String> {
        let all = &locked(&self.book).requests;
        all.iter()
            .filter(|it| is_like(it, requests))
            .cloned()
            .collect()
    }
}

fn locked(book: &Mutex<Book>) -> MutexGuard<'_, Book> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}

fn is_like(request: &str, pattern: &str) -> bool {
    let (start, then) = pattern.split_once('*').unwrap_or((pattern, ""));
    let line = request.lines().next().unwrap_or_default();
    line.strip_prefix(start)
        .is_some_and(|rest| rest.contains(then))
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One connection, one request.
async fn pass(mut client: TcpStream, proxy: SocketAddr, book: &Mutex<Book>) -> io::Result<()> {
    let request = read_request(&mut client).await?;
    let page = |status: u16, body: &str| {
        let length = body.len();
        format!(
            "HTTP/1.1 {status} Gateway\r\nContent-Type: text/html\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )
    };
    if let Some((status, body)) = own(book, &request) {
        let answer = page(status, body).replace("text/html", "application/json");
        return client.write_all(answer.as_bytes()).await;
    }
    const HTML: &str = "<html><body><h1>Gateway</h1></body></html>";
    match ordered(book, &request) {
        None => client.write_all(&answer(proxy, &request).await?).await,
        Some(GatewayFault::Reset) => Ok(()),
        Some(GatewayFault::AnswerLost) => answer(proxy, &request).await.map(drop),
        Some(GatewayFault::ErrorPage(status)) => {
            client.write_all(page(status, HTML).as_bytes()).await
        }
        Some(GatewayFault::ForeignPage) => client.write_all(page(200, HTML).as_bytes()).await,
        Some(GatewayFault::Empty) => client.write_all(page(200, "").as_bytes()).await,
        Some(GatewayFault::Half) => {
            let answer = answer(proxy, &request).await?;
            let head = head_length(&answer).unwrap_or(answer.len());
            let half = head.midpoint(answer.len());
            client.write_all(&answer[..half]).await
        }
        Some(GatewayFault::Cut) => {
            let answer = answer(proxy, &request).await?;
            let head = head_length(&answer).unwrap_or(answer.len());
            let (length, half) = (answer.len() - head, (answer.len() - head) / 2);
            let text = String::from_utf8_lossy(&answer[..head]);
            let text = text.replace(&format!("gth: {length}\r"), &format!("gth: {half}\r"));
            client.write_all(text.as_bytes()).await?;
            client.write_all(&answer[head..head + half]).await
        }
        Some(GatewayFault::Silence) => {
            // Until the client gives up.
            client.read_u8().await.map(drop)
        }
        Some(GatewayFault::Late(millis)) => {
            tokio::time::sleep(Duration::from_millis(millis)).await;
            client.write_all(&answer(proxy, &request).await?).await
        }
        Some(GatewayFault::ToLocalhost) => {
            let text = String::from_utf8_lossy(&request);
            let host = text
                .lines()
                .find_map(|it| it.strip_prefix("Host: 127.0.0.1:"));
            let Some((port, path)) = host.zip(text.split(' ').nth(1)) else {
                return client.write_all(&answer(proxy, &request).await?).await;
            };
            let head = format!("Location: http://localhost:{port}{path}\r\nContent-Length: 0");
            let answer = format!("HTTP/1.1 307 Gateway\r\n{head}\r\nConnection: close\r\n\r\n");
            client.write_all(answer.as_bytes()).await
        }
    }
}

fn own(book: &Mutex<Book>, request: &[u8]) -> Option<(u16, &'static str)> {
    let request = String::from_utf8_lossy(request).into_owned();
    let mut book = locked(book);
    let own = book.own.as_ref();
    let own = own.filter(|(like, ..)| is_like(&request, like));
    let answer = own.map(|(_, status, body)| (*status, *body))?;
    book.requests.push(request);
    Some(answer)
}

fn ordered(book: &Mutex<Book>, request: &[u8]) -> Option<GatewayFault> {
    let request = String::from_utf8_lossy(request).into_owned();
    let mut book = locked(book);
    let order = book.order.as_mut();
    let order = order.filter(|(like, _, times)| *times > 0 && is_like(&request, like));
    let fault = order.map(|(_, fault, times)| {
        *times -= 1;
        *fault
    });
    book.requests.push(request);
    fault
}

/// The proxy's whole answer.
async fn answer(proxy: SocketAddr, request: &[u8]) -> io::Result<Vec<u8>> {
    let mut upstream = TcpStream::connect(proxy).await?;
    upstream.write_all(request).await?;
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer).await?;
    Ok(answer)
}

/// Head and body, the head changed so that the proxy closes the connection after its answer.
async fn read_request(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut request = Vec::new();
    let head = loop {
        if client.read_buf(&mut request).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(head) = head_length(&request) {
            break head;
        }
    };
    let text = String::from_utf8_lossy(&request[..head]).into_owned();
    let is_called = |line: &str, name: &str| {
        let (own, _) = line.split_once(':').unwrap_or_default();
        own.eq_ignore_ascii_case(name)
    };
    let length = text.lines().find(|line| is_called(line, "content-length"));
    let length = length.and_then(|line| line.split_once(':')?.1.trim().parse().ok());
    while request.len() < head + length.unwrap_or(0) {
        if client.read_buf(&mut request).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let mut passed = String::new();
    for line in text
        .lines()
        .filter(|line| !line.is_empty() && !is_called(line, "connection"))
    {
        passed.push_str(line);
        passed.push_str("\r\n");
    }
    passed.push_str("Connection: close\r\n\r\n");
    let mut passed = passed.into_bytes();
    passed.extend_from_slice(&request[head..]);
    Ok(passed)
}

/// The length of the head with the empty line behind it, once all of it is there.
fn head_length(bytes: &[u8]) -> Option<usize> {
    let at = bytes.windows(4).position(|it| it == b"\r\n\r\n")?;
    Some(at + 4)
}
