//! The debugger's HTTP client: asks this very simulator over its socket, as an app's server would.
//!
//! Over the socket and not by a function call, so that faults, delays and cut connections are seen as clients see
//! them. By hand, because HTTP/1.0 keeps it small (one request per connection, an answer ends where the connection
//! does), and every client library would ask the program around it for a choice of TLS.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than the slowest person takes, shorter than a developer's patience.
const PATIENCE: Duration = Duration::from_secs(20);

/// No answer of the simulator comes near it.
const LIMIT: u64 = 1024 * 1024;

/// Asks the server at `address` for a path with its query. Gives the head and the body, undecoded: the debugger shows
/// broken answers too.
///
/// # Errors
/// A sentence in Chinese for the page: no connection, no answer in time, or a connection cut short.
pub(super) async fn get(
    address: SocketAddr,
    path_and_query: &str,
) -> Result<(String, Vec<u8>), String> {
    match timeout(PATIENCE, exchange(reachable(address), path_and_query)).await {
        Err(_) => Err(format!("等了 {} 秒，没有等到应答。", PATIENCE.as_secs())),
        Ok(Err(error)) => Err(format!("连接中断：{error}")),
        Ok(Ok(bytes)) => split(&bytes).ok_or_else(|| String::from("连接被关闭，没有收到应答。")),
    }
}

async fn exchange(address: SocketAddr, path_and_query: &str) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await?;
    let request =
        format!("GET {path_and_query} HTTP/1.0\r\nHost: {address}\r\nAccept: */*\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut bytes = Vec::new();
    stream.take(LIMIT).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

/// A server that listens on all addresses is reached by loopback.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

fn split(bytes: &[u8]) -> Option<(String, Vec<u8>)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let (head, rest) = bytes.split_at_checked(end)?;
    let body = rest.get(4..)?.to_vec();
    Some((String::from_utf8_lossy(head).into_owned(), body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_split_and_half_a_head_is_none() {
        let answer = split(b"HTTP/1.0 200 OK\r\nA: b\r\n\r\n{}\r\n\r\n");
        assert_eq!(
            answer,
            Some(("HTTP/1.0 200 OK\r\nA: b".into(), b"{}\r\n\r\n".to_vec()))
        );
        assert_eq!(split(b"HTTP/1.0 200 OK\r\nContent-").or(split(b"")), None);
    }

    #[test]
    fn a_server_on_all_addresses_is_asked_by_loopback() {
        let asked = |address: &str| reachable(address.parse().unwrap()).to_string();
        assert_eq!(asked("0.0.0.0:80"), "127.0.0.1:80");
        assert_eq!(asked("[::]:80"), "[::1]:80");
        assert_eq!(asked("192.0.2.7:80"), "192.0.2.7:80");
    }
}
