//! The listening socket, to be shut while the framework still serves the connections it has.
//!
//! The framework can stop accepting connections, but then the system goes on collecting them for it, and they end unseen
//! with the process. A shut socket refuses them, and the web server in front asks another process at once.

use std::io;
use std::net::{Shutdown, TcpListener};

use socket2::{SockRef, Socket};

/// The same socket as a listener's, under another number.
pub(super) struct Door(Socket);

impl Door {
    pub(super) fn of(listener: &TcpListener) -> io::Result<Self> {
        SockRef::from(listener).try_clone().map(Self)
    }

    /// Refuses connections from now on.
    pub(super) fn shut(&self) {
        // Systems that cannot do it collect connections until the socket is closed a moment later.
        if let Err(error) = self.0.shutdown(Shutdown::Read) {
            tracing::debug!(%error, "the listening socket cannot be shut");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_shut_door_refuses_whoever_comes() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let door = Door::of(&listener).unwrap();
        assert!(TcpStream::connect(address).is_ok());
        door.shut();
        let refused = TcpStream::connect(address).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    }
}
