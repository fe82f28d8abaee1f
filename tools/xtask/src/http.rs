//! The smallest HTTP client that can ask our own programs something: xtask is compiled before everything else, and a
//! library would be waited for by everybody.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::Context;

const TIMEOUT: Duration = Duration::from_secs(5);

/// An HTTP response, whole.
pub(crate) struct Response {
    /// Its status code.
    pub(crate) status: u16,
    head: String,
    /// Its text.
    pub(crate) body: String,
}

impl Response {
    /// The first header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().filter_map(|line| line.split_once(':'));
        let mut named = headers.filter(|(own, _)| own.eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value.trim())
    }
}

/// One request on a connection of its own to `host:port`; `headers` end each with a line break.
pub(crate) fn ask(
    address: &str,
    request: &str,
    headers: &str,
    body: &str,
) -> anyhow::Result<Response> {
    let connected = TcpStream::connect(address);
    let mut stream = connected.with_context(|| format!("cannot reach {address}"))?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    let length = body.len();
    write!(
        stream,
        "{request} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    )?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    parse(&String::from_utf8_lossy(&bytes)).with_context(|| format!("{request}: not HTTP"))
}

fn parse(text: &str) -> Option<Response> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    Some(Response {
        status: head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?,
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn responses_are_taken_apart_and_other_protocols_are_none() {
        let response = parse("HTTP/1.1 302 Found\r\nLocation: /?code=a&state=b\r\nX: y\r\n\r\n{}");
        let response = response.unwrap();
        assert_eq!((response.status, response.body.as_str()), (302, "{}"));
        assert_eq!(response.header("location"), Some("/?code=a&state=b"));
        assert_eq!(response.header("y"), None);
        assert!(parse("SSH-2.0-OpenSSH_9.2\r\n\r\n").is_none());
    }
}
