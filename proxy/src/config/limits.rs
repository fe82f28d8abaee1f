//! `[limits]`: how much is taken on, and `shutdown_…_seconds`: how long its end may take.

use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::reader::Reader;

/// Any number from one on that an operator could mean.
const COUNT: RangeInclusive<i64> = 1..=1_000_000;

/// WeChat counts by the minute and by the day. The limit of a day is asked about just as often: nobody says when WeChat's
/// day begins.
const WECHAT_PAUSE: Duration = Duration::from_secs(60);

/// `[limits]`: what is refused with `rate_limited`, or with "busy".
#[derive(Debug, Clone)]
pub struct Limits {
    /// `exchanges_per_client_per_minute`: logins from one address; a network of 64 bits for IPv6.
    pub exchanges_per_client: NonZeroU32,
    /// `exchanges_per_minute`: logins altogether, of this process.
    pub exchanges: NonZeroU32,
    /// `writes_per_user_per_minute`: records written or deleted by one user with a session.
    pub writes_per_user: NonZeroU32,
    /// `requests_at_once`: requests under way at the same moment.
    pub requests_at_once: usize,
    /// `connections`: open connections, idle ones included.
    pub connections: usize,
    /// How long WeChat is left alone after it has had too many. Not a setting.
    pub wechat_pause: Duration,
    /// How long slow clients are waited for. Not a setting.
    pub timeouts: ClientTimeouts,
}

/// How long slow clients are waited for.
#[derive(Debug, Clone)]
pub struct ClientTimeouts {
    /// For the first head on a connection.
    pub head: Duration,
    /// For the body of a request, from the end of its head.
    pub body: Duration,
    /// For a client whose body was not read to notice its answer.
    pub disconnect: Duration,
    /// For the next request on a connection.
    pub idle: Duration,
}

impl Default for ClientTimeouts {
    /// Heads fit into a packet or two and bodies have 16 KiB at most: a phone with one bar of signal needs a second.
    fn default() -> Self {
        Self {
            head: Duration::from_secs(5),
            body: Duration::from_secs(10),
            disconnect: Duration::from_secs(5),
            // Longer than web servers keep their own connections to us open (nginx: 60 seconds), so that it is they
            // who close them, and none is closed under a request.
            idle: Duration::from_secs(75),
        }
    }
}

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shutdown {
    /// `shutdown_delay_seconds`: how long everything is still served after readiness says no.
    pub delay: Duration,
    /// `shutdown_limit_seconds`: how long the end may take altogether.
    pub limit: Duration,
}

pub(super) fn read_limits(reader: &mut Reader) -> Option<Limits> {
    // Generous: behind the address of a mobile network or a company there can be thousands of phones.
    let exchanges_per_client = read_rate(reader, "exchanges_per_client_per_minute", 600);
    // WeChat allows 50,000 calls a minute: four replicas stay below, and two even when all of it is used at once.
    let exchanges = read_rate(reader, "exchanges_per_minute", 12_000);
    let writes_per_user = read_rate(reader, "writes_per_user_per_minute", 300);
    let requests_at_once = reader.integer("limits.requests_at_once", 4000, COUNT);
    let connections = reader.integer("limits.connections", 8000, 8..=1_000_000);
    Some(Limits {
        exchanges_per_client: exchanges_per_client?,
        exchanges: exchanges?,
        writes_per_user: writes_per_user?,
        requests_at_once: usize::try_from(requests_at_once?).ok()?,
        connections: usize::try_from(connections?).ok()?,
        wechat_pause: WECHAT_PAUSE,
        timeouts: ClientTimeouts::default(),
    })
}

fn read_rate(reader: &mut Reader, name: &str, default: i64) -> Option<NonZeroU32> {
    let number = reader.integer(&format!("limits.{name}"), default, COUNT)?;
    NonZeroU32::new(u32::try_from(number).ok()?)
}

/// Without a delay where there is no load balancer to notice: with a simulator, that is on a laptop or in a test.
pub(super) fn read_shutdown(reader: &mut Reader, simulator: bool) -> Option<Shutdown> {
    const DELAY: &str = "shutdown_delay_seconds";
    let delay = reader.integer(DELAY, if simulator { 0 } else { 5 }, 0..=120);
    let limit = reader.integer("shutdown_limit_seconds", 20, 1..=300);
    let (delay, limit) = (delay?, limit?);
    if delay >= limit {
        reader.problem(
            DELAY,
            format!("leaves none of the {limit} seconds of shutdown_limit_seconds for requests under way; lower it"),
        );
        return None;
    }
    let seconds = |number| Some(Duration::from_secs(u64::try_from(number).ok()?));
    Some(Shutdown {
        delay: seconds(delay)?,
        limit: seconds(limit)?,
    })
}
