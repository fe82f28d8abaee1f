//! Heartbeat: whether the server is there, asked on a connection that does nothing else.
//!
//! A machine that loses its power says nothing, and the network notices after a quarter of an hour. Neither does a statement
//! answer for long that waits for a standby or for somebody's row; but then the server does answer here.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection, PgPool};
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

use crate::seen::{PATIENCE, Seen};

/// From one beat to the next.
const PACE: Duration = Duration::from_secs(1);
/// How long a server may take for a beat, which is no work.
const SILENT_AFTER: Duration = Duration::from_secs(3);
/// When the driver has closed all connections that nobody used, and some servers go to sleep.
const UNUSED_AFTER: Duration = Duration::from_secs(600);

/// Beats until it is dropped or the pool is closed.
#[derive(Debug)]
pub(crate) struct Heart(AbortHandle);

impl Heart {
    pub(crate) fn start(options: PgConnectOptions, pool: PgPool, seen: Arc<Seen>) -> Self {
        Self(tokio::spawn(beat(options, pool, seen)).abort_handle())
    }
}

impl Drop for Heart {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn beat(options: PgConnectOptions, pool: PgPool, seen: Arc<Seen>) {
    let mut kept: Option<(PgConnection, Instant)> = None;
    while !pool.is_closed() {
        // One from before a change may be to the server from before.
        kept = kept.filter(|(_, born)| {
            !seen.has_changed_since(*born) && !seen.is_unused_for(UNUSED_AFTER)
        });
        if let Some((connection, _)) = &mut kept {
            match timeout(SILENT_AFTER, connection.ping()).await {
                Ok(Ok(())) => {}
                // Cut, as all others will be that led there.
                Ok(Err(_)) => kept = None,
                Err(_) => seen.falls_silent(),
            }
        } else if !seen.is_unused_for(UNUSED_AFTER) {
            let born = Instant::now();
            let new = timeout(PATIENCE, PgConnection::connect_with(&options)).await;
            kept = new.ok().and_then(Result::ok).map(|new| (new, born));
            if kept.is_none() {
                sleep(PATIENCE).await;
            }
        }
        sleep(PACE).await;
    }
}
