//! One kept-alive HTTP/1.1 connection, with as little between the request and the socket as can be: what asks must
//! cost less than what is asked.

use std::net::SocketAddr;

use anyhow::{Context, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Headers of an answer at most.
const HEADERS: usize = 32;

/// A connection; opened again when the server closes it.
pub(crate) struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
    received: Vec<u8>,
}

/// An answer, which is in the connection's buffer until the next one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Where the body begins.
    head: usize,
    /// Where it ends.
    end: usize,
}

impl Connection {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            stream: None,
            received: Vec::with_capacity(16 * 1_024),
        }
    }

    /// Sends a whole request and reads a whole answer. Where the server has closed an idle connection meanwhile, which
    /// is its right, a new one is opened and the request sent again, as browsers do.
    ///
    /// # Errors
    /// When there is no answer, or one without a length.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        let is_used = self.stream.is_some();
        match self.try_ask(request).await {
            Err(_) if is_used && self.received.is_empty() => {
                self.stream = None;
                self.try_ask(request).await
            }
            answer => answer,
        }
    }

    async fn try_ask(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        self.received.clear();
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let stream = TcpStream::connect(self.address).await?;
                stream.set_nodelay(true)?;
                none.insert(stream)
            }
        };
        stream.write_all(request).await?;
        loop {
            let count = stream.read_buf(&mut self.received).await?;
            ensure!(count > 0, "the server closed the connection");
            let Some((answer, closes)) = parse(&self.received)? else {
                continue;
            };
            if self.received.len() >= answer.end {
                if closes {
                    self.stream = None;
                }
                return Ok(answer);
            }
        }
    }

    /// The body of the last answer.
    pub(crate) fn body(&self, answer: Answer) -> &[u8] {
        self.received
            .get(answer.head..answer.end)
            .unwrap_or_default()
    }

    /// The cookie that the last answer sets, as a browser sends it back.
    pub(crate) fn cookie(&self, answer: Answer) -> Option<String> {
        let head = std::str::from_utf8(self.received.get(..answer.head)?).ok()?;
        let cookies = head.lines().filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            let pair = value.split(';').next()?.trim();
            name.eq_ignore_ascii_case("set-cookie")
                .then(|| pair.to_owned())
        });
        let cookies: Vec<String> = cookies.collect();
        (!cookies.is_empty()).then(|| cookies.join("; "))
    }
}

/// The answer and whether the connection ends with it; nothing as long as its head is not complete.
fn parse(received: &[u8]) -> anyhow::Result<Option<(Answer, bool)>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = response.parse(received)? else {
        return Ok(None);
    };
    let status = response.code.context("no status")?;
    let header = |name: &str| {
        let found = response
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name));
        found.map(|header| header.value)
    };
    let length = match header("content-length") {
        Some(value) => std::str::from_utf8(value)?.parse()?,
        None if status == 204 => 0,
        None => bail!("an answer without a length, status {status}"),
    };
    let closes = header("connection").is_some_and(|value| value.eq_ignore_ascii_case(b"close"));
    let end = head + length;
    Ok(Some((Answer { status, head, end }, closes)))
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn server(answers: &'static [&'static [&'static str]]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            for parts in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                for part in *parts {
                    let mut byte = [0; 1];
                    stream.read_exact(&mut byte).await.unwrap();
                    stream.write_all(part.as_bytes()).await.unwrap();
                }
            }
        });
        address
    }

    #[tokio::test]
    async fn answers_are_read_to_their_end_and_a_closed_connection_is_opened_again() {
        let address = server(&[
            &[
                "HTTP/1.1 200 OK\r\ncontent-length: 4\r\nSet-Cookie: a=b; Path=/\r\n\r\nbody",
                "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n",
            ],
            &["HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"],
            // The one before was closed without a word.
            &["HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"],
        ])
        .await;
        let mut connection = Connection::new(address);
        let answer = connection.ask(b"1").await.unwrap();
        assert_eq!(
            (answer.status, connection.body(answer)),
            (200, &b"body"[..])
        );
        assert_eq!(connection.cookie(answer).as_deref(), Some("a=b"));
        assert_eq!(connection.ask(b"2").await.unwrap().status, 204);
        assert_eq!(connection.ask(b"3").await.unwrap().status, 404);
        assert_eq!(connection.ask(b"4").await.unwrap().status, 410);
        assert!(connection.ask(b"5").await.is_err(), "nobody listens");
    }

    #[test]
    fn half_a_head_is_no_answer_yet_and_a_whole_one_tells_where_the_body_ends() {
        assert!(parse(b"HTTP/1.1 200 OK\r\nContent-Le").unwrap().is_none());
        let (answer, closes) = parse(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
            .unwrap()
            .unwrap();
        assert_eq!((answer.end - answer.head, closes), (9, false));
        assert!(parse(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
