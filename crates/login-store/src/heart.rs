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

use crate::error::plain;
use crate::seen::{PATIENCE, Seen, is_read_only};

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
    /// The connection is there before there is work, so that it leads where that will.
    pub(crate) async fn start(options: PgConnectOptions, pool: PgPool, seen: Arc<Seen>) -> Self {
        let born = Instant::now();
        let first = timeout(PATIENCE, connect(&options)).await;
        let first = first.ok().and_then(Result::ok).flatten();
        let beat = beat(options, pool, seen, first.map(|it| (it, born)));
        Self(tokio::spawn(beat).abort_handle())
    }
}

impl Drop for Heart {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn beat(
    options: PgConnectOptions,
    pool: PgPool,
    seen: Arc<Seen>,
    mut kept: Option<(PgConnection, Instant)>,
) {
    let mut away: Option<Instant> = None;
    while !pool.is_closed() {
        let is_unused = seen.is_unused_for(UNUSED_AFTER);
        // One from before a change may be to the server from before.
        kept = kept.filter(|(_, born)| !seen.has_changed_since(*born) && !is_unused);
        if let Some((connection, _)) = &mut kept {
            match timeout(SILENT_AFTER, connection.ping()).await {
                Ok(Ok(())) => {}
                // Cut, as all others will be that led there.
                Ok(Err(_)) => kept = None,
                Err(_) => {
                    tracing::warn!(
                        "the database does not answer; the connections to it are given up"
                    );
                    away.get_or_insert_with(Instant::now);
                    seen.falls_silent();
                }
            }
        } else if !is_unused {
            let born = Instant::now();
            let why = match timeout(PATIENCE, connect(&options)).await {
                Ok(Ok(new)) => {
                    kept = new.map(|new| (new, born));
                    None
                }
                Ok(Err(error)) => Some(plain(error).to_string()),
                Err(_) => {
                    seen.falls_silent();
                    Some("the server does not answer".to_owned())
                }
            };
            if let Some(why) = why {
                if away.is_none() {
                    tracing::warn!(
                        why,
                        "no new connection to the database can be made; it is tried again"
                    );
                }
                seen.is_unreachable(why);
            }
            if kept.is_none() {
                away.get_or_insert(born);
            } else if let Some(away) = away.take() {
                let seconds = away.elapsed().as_secs();
                tracing::info!(seconds, "the database is there again and takes writes");
            }
        }
        sleep(PACE).await;
    }
}

/// None to a server that takes no writes, which is not where the others lead.
async fn connect(options: &PgConnectOptions) -> sqlx::Result<Option<PgConnection>> {
    let mut new = PgConnection::connect_with(options).await?;
    Ok((!is_read_only(&mut new).await?).then_some(new))
}
