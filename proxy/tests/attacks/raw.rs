//! Bytes as they are, to whatever listens there.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::helpers::TestProxy;
use crate::people::config_with_backends;

/// Longer than anything here takes: a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends this on a connection of its own, and gives all that comes until the other side closes.
///
/// # Panics
/// When it does not close in time.
pub(crate) async fn exchange(address: SocketAddr, request: impl AsRef<[u8]>) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The other side may refuse before it has read everything.
    let _ = stream.write_all(request.as_ref()).await;
    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer))
        .await
        .expect("still open")
        .ok();
    String::from_utf8_lossy(&answer).into_owned()
}

/// A proxy with two backends that does not wait long for clients to notice its answers, and where it listens.
pub(crate) async fn hasty_proxy() -> (TestProxy, SocketAddr) {
    let mut config = config_with_backends();
    config.limits.timeouts.disconnect = Duration::from_millis(700);
    let proxy = TestProxy::start_with(config).await;
    let address = address_of(&proxy);
    (proxy, address)
}

/// Where a proxy listens.
pub(crate) fn address_of(proxy: &TestProxy) -> SocketAddr {
    let address = proxy.base_url.trim_start_matches("http://");
    address.parse().unwrap()
}
