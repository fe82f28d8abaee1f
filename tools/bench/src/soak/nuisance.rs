//! Whoever only costs: connections that say nothing, heads and bodies that never end, answers that nobody reads.

use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

use crate::site::Site;

/// Of each kind at once.
const OF_EACH: usize = 25;
/// After which somebody who reads nothing looks whether the answer was cut.
const UNREAD: Duration = Duration::from_secs(40);

/// What is sent, and then nothing more.
const BEGINNINGS: [&str; 3] = [
    "",
    "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ",
    "POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"account\":",
];

/// Lets them loose.
pub(crate) fn spawn(tasks: &LocalSet, site: &Rc<Site>) {
    for _ in 0..OF_EACH {
        for beginning in BEGINNINGS {
            tasks.spawn_local(stall(site.clone(), beginning));
        }
        tasks.spawn_local(read_nothing(site.clone()));
    }
}

/// Says a part of a request until it is shown the door, and comes again.
async fn stall(site: Rc<Site>, beginning: &str) {
    loop {
        let Ok(mut stream) = TcpStream::connect(site.address).await else {
            continue;
        };
        if stream.write_all(beginning.as_bytes()).await.is_ok() {
            // An answer or none, and the end.
            let _ = stream.read_to_end(&mut Vec::new()).await;
        }
        site.nuisances.set(site.nuisances.get() + 1);
    }
}

/// Asks for more than the system's buffers hold, and reads nothing.
async fn read_nothing(site: Rc<Site>) {
    let ask = "GET /app-0123456789abcdef.js HTTP/1.1\r\nHost: a\r\n\r\n".repeat(40);
    loop {
        let Ok(mut stream) = TcpStream::connect(site.address).await else {
            continue;
        };
        if stream.write_all(ask.as_bytes()).await.is_ok() {
            tokio::time::sleep(UNREAD).await;
        }
        site.nuisances.set(site.nuisances.get() + 1);
    }
}
