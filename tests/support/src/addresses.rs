//! Ports for servers that are told where to listen.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

/// Below the ports that systems give to connections and to whoever asks for any port, so that nobody gets one of these
/// by chance while its server is being started, or started again.
const PORTS: std::ops::Range<u32> = 20_000..32_000;

/// An address on this machine where nobody listens, not given to anybody else of this process.
///
/// # Panics
/// When all are taken.
pub fn free_address() -> SocketAddr {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    // Processes begin at different places, so that they seldom try the same one.
    let first = std::process::id().wrapping_mul(97);
    let count = PORTS.end - PORTS.start;
    for _ in 0..count {
        let number = first.wrapping_add(ASKED.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(PORTS.start + number % count).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
    panic!("all ports of {PORTS:?} are taken");
}
