//! The debugger's HTTP client: asks this very simulator over its socket, as an app's server would.
//!
//! Over the socket and not by a function call, so that faults, delays and cut connections are seen as clients see
//! them. HTTP/1.0 keeps it small: one request per connection, an answer ends where the connection does.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use actix_web::rt::net::TcpStream;
use actix_web::rt::time::timeout;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Longer than the slowest person takes, shorter than a developer's patience.
const PATIENCE: Duration = Duration::from_secs(20);

/// No answer of the simulator comes near it.
const LIMIT: u64 = 1024 * 1024;

/// What came back, undecoded: the debugger shows broken answers too.
pub(crate) struct Answer {
    /// For example `HTTP/1.0 200 OK`.
    pub(crate) status_line: String,
    /// The header, empty if there is none.
    pub(crate) content_type: String,
    /// Bytes, whatever they are.
    pub(crate) body: Vec<u8>,
}

/// Asks the server at `address` for a path with its query.
///
/// # Errors
/// A sentence in Chinese for the page: no connection, no answer in time, or a connection cut short.
pub(crate) async fn get(address: SocketAddr, path_and_query: &str) -> Result<Answer, String> {
    match timeout(PATIENCE, exchange(address, path_and_query)).await {
        Err(_) => Err(format!("等了 {} 秒，没有等到应答。", PATIENCE.as_secs())),
        Ok(Err(error)) => Err(format!("连接中断：{error}")),
        Ok(Ok(bytes)) => split(&bytes).ok_or_else(|| String::from("连接被关闭，没有收到应答。")),
    }
}

async fn exchange(address: SocketAddr, path_and_query: &str) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(reachable(address)).await?;
    let request = format!(
        "GET {path_and_query} HTTP/1.0\r\nHost: {}\r\nConnection: close\r\nAccept: */*\r\n\r\n",
        reachable(address)
    );
    stream.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    stream.take(LIMIT).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

/// A server that listens on all addresses is reached by loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

fn split(bytes: &[u8]) -> Option<Answer> {
    const END: &[u8] = b"\r\n\r\n";
    let end = bytes.windows(END.len()).position(|window| window == END)?;
    let (head, rest) = bytes.split_at_checked(end)?;
    let body = rest.strip_prefix(END)?;
    let head = String::from_utf8_lossy(head);
    let mut lines = head.split("\r\n");
    let status_line = lines.next()?.to_owned();
    let content_type = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
        .map(|(_, value)| value.trim().to_owned())
        .unwrap_or_default();
    Some(Answer {
        status_line,
        content_type,
        body: body.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_split_and_half_a_head_is_none() {
        let answer =
            split(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n{}\r\n\r\n").unwrap();
        assert_eq!(
            (&*answer.status_line, &*answer.content_type, &*answer.body),
            ("HTTP/1.0 200 OK", "text/plain", &b"{}\r\n\r\n"[..])
        );
        assert!(split(b"HTTP/1.0 200 OK\r\nContent-").is_none());
        assert!(split(b"").is_none());
    }

    #[test]
    fn a_server_on_all_addresses_is_asked_by_loopback() {
        let asked = |address: &str| reachable(address.parse().unwrap()).to_string();
        assert_eq!(asked("0.0.0.0:80"), "127.0.0.1:80");
        assert_eq!(asked("[::]:80"), "[::1]:80");
        assert_eq!(asked("192.0.2.7:80"), "192.0.2.7:80");
    }
}
