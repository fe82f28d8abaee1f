//! Asks a local server whether it answers: the smallest HTTP client that can do it.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(2);

/// The status of `GET http://127.0.0.1:{port}{path}`.
///
/// # Errors
/// When nobody listens there, nothing comes within two seconds, or it is not HTTP.
pub(crate) fn status(port: u16, path: &str) -> io::Result<u16> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    // trunk answers its page only to those who accept HTML, as a browser's address bar does.
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: text/html, */*\r\nConnection: close\r\n\r\n"
    )?;
    let mut head = [0; "HTTP/1.1 200".len()];
    stream.read_exact(&mut head)?;
    parse_status(&head).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not HTTP"))
}

fn parse_status(head: &[u8]) -> Option<u16> {
    let digits = head.strip_prefix(b"HTTP/1.")?.get(2..5)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    fn status_from_server_that_writes(answer: &'static [u8]) -> io::Result<u16> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let server = std::thread::spawn(move || -> io::Result<()> {
            let (mut stream, _) = listener.accept()?;
            // To its end: a connection closed with something unread is reset, and the answer may be lost.
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte)?;
                request.extend(byte);
            }
            stream.write_all(answer)
        });
        let status = status(port, "/healthz");
        let _ = server.join();
        status
    }

    #[test]
    fn status_is_read_from_the_first_line() {
        assert_eq!(
            status_from_server_that_writes(b"HTTP/1.1 503 Busy\r\n\r\n").unwrap(),
            503
        );
    }

    #[test]
    fn other_protocols_are_an_error() {
        assert!(status_from_server_that_writes(b"SSH-2.0-OpenSSH_9.2\r\n").is_err());
    }

    #[test]
    fn nobody_listening_is_an_error() {
        let unused = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|listener| listener.local_addr())
            .unwrap();
        assert!(status(unused.port(), "/").is_err());
    }
}
