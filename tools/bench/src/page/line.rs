//! The line between a phone and the servers: everything goes through a relay, packet by packet and as slowly as is wished,
//! and is noted there.
//!
//! Tools that do this need what not every kernel has (`tc netem`), or slow each connection for itself (toxiproxy,
//! trickle), or know only whole answers (DevTools).

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

/// Bytes of a packet, as TCP sends them over most networks.
const PACKET: usize = 1_460;
/// How late a timer may be without the line counting as idle meanwhile.
const SLACK: Duration = Duration::from_millis(3);

/// How slow a line is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Speed {
    /// Bytes in a second, to the phone and from it.
    pub(crate) down: f64,
    pub(crate) up: f64,
    pub(crate) round_trip: Duration,
}

/// A request that went over the line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    /// Method and path, without the query, in which a code may stand.
    pub(crate) what: String,
    /// When the phone sent it, in milliseconds since 1970-01-01 UTC.
    pub(crate) at: f64,
}

/// One direction, which all connections share.
struct Way {
    rate: f64,
    /// When it has sent what it was given. Whoever waits for it gets it in turn, a packet each time.
    free: tokio::sync::Mutex<Instant>,
}

impl Way {
    fn new(rate: f64) -> Self {
        let free = tokio::sync::Mutex::new(Instant::now());
        Self { rate, free }
    }

    /// Takes the time that so many bytes need, and tells when they are out.
    async fn carry(&self, bytes: usize) -> Instant {
        let mut free = self.free.lock().await;
        let now = Instant::now();
        let begin = if *free + SLACK > now { *free } else { now };
        *free = begin + Duration::from_secs_f64(bytes as f64 / self.rate);
        until(*free).await;
        *free
    }
}

struct Ways {
    down: Way,
    up: Way,
    round_trip: Duration,
}

/// The relay. Ends with the runtime it was started in.
#[derive(Clone, Default)]
pub(crate) struct Line(Arc<State>);

#[derive(Default)]
struct State {
    /// For connections from now on; `None` for as fast as this machine.
    ways: Mutex<Option<Arc<Ways>>>,
    asked: Mutex<Vec<Asked>>,
}

impl Line {
    /// Is so slow for connections from now on.
    pub(crate) fn set(&self, speed: Option<Speed>) {
        *locked(&self.0.ways) = speed.map(|it| {
            Arc::new(Ways {
                down: Way::new(it.down),
                up: Way::new(it.up),
                round_trip: it.round_trip,
            })
        });
    }

    /// The requests since this was last asked, in the order in which they were sent.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *locked(&self.0.asked))
    }

    /// Has a server stand behind the line as well, and gives the address that phones have to ask.
    pub(crate) async fn lead_to(&self, server: SocketAddr) -> anyhow::Result<SocketAddr> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let line = self.clone();
        tokio::spawn(async move {
            while let Ok((phone, _)) = listener.accept().await {
                let line = line.clone();
                // Whoever is refused by the server learns it from the relay, which hangs up.
                tokio::spawn(async move { line.connect(phone, server).await });
            }
        });
        Ok(address)
    }

    async fn connect(&self, phone: TcpStream, server: SocketAddr) -> std::io::Result<()> {
        let ways = locked(&self.0.ways).clone();
        let opened = Instant::now();
        let server = TcpStream::connect(server).await?;
        // A packet is on its way as soon as it is complete.
        phone.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let (from_phone, to_phone) = phone.into_split();
        let (from_server, to_server) = server.into_split();
        let round_trip = ways.as_ref().map_or(Duration::ZERO, |it| it.round_trip);
        let up = Pass {
            way: ways.as_ref().map(|it| &it.up),
            // When the phone knows that it is connected.
            begin: opened + round_trip,
            later: round_trip / 2,
        };
        let down = Pass {
            way: ways.as_ref().map(|it| &it.down),
            ..up
        };
        let down = down.all(from_server, to_phone, |_| {});
        let (hung_up, hangs_up) = oneshot::channel::<()>();
        let up = async {
            up.all(from_phone, to_server, |it| self.note(it)).await;
            // What waits for it learns of its end, which is what it waits for.
            let _ = hung_up.send(());
        };
        // Until it learns that the phone has hung up, the server goes on: the line is busy with what is lost.
        let down = async {
            tokio::select! { () = down => {}, _ = hangs_up => {} }
        };
        tokio::join!(up, down);
        Ok(())
    }

    fn note(&self, packet: &[u8]) {
        let Some(what) = request(packet) else { return };
        let at = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        let at = at.as_secs_f64() * 1_000.0;
        locked(&self.0.asked).push(Asked { what, at });
    }
}

/// How one direction of one connection passes on what comes.
#[derive(Clone, Copy)]
struct Pass<'a> {
    way: Option<&'a Way>,
    /// Nothing is sent before.
    begin: Instant,
    /// How long each packet travels.
    later: Duration,
}

impl Pass<'_> {
    /// Until there is no more, or nobody who sends.
    async fn all(self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, note: impl Fn(&[u8])) {
        let (sender, mut packets) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
        let take = async move {
            let mut packet = [0; PACKET];
            loop {
                let length = from.read(&mut packet).await.unwrap_or_default();
                note(&packet[..length]);
                until(self.begin).await;
                let sent = match self.way {
                    Some(way) => way.carry(length).await,
                    None => Instant::now(),
                };
                let is_over = sender.send((sent + self.later, packet[..length].to_vec()));
                if length == 0 || is_over.is_err() {
                    break;
                }
            }
        };
        let give = async {
            while let Some((arrival, packet)) = packets.recv().await {
                until(arrival).await;
                // Where nobody listens any more, it is lost.
                let _ = match packet.is_empty() {
                    true => to.shutdown().await,
                    false => to.write_all(&packet).await,
                };
            }
        };
        tokio::join!(take, give);
    }
}

/// A timer for what is past would take up to a millisecond.
async fn until(moment: Instant) {
    if moment > Instant::now() {
        sleep_until(moment).await;
    }
}

/// Method and path, if a request begins here: browsers send one when the last has been answered.
fn request(packet: &[u8]) -> Option<String> {
    let line = packet.split(|it| *it == b'\r').next()?;
    let line = std::str::from_utf8(line).ok()?;
    let address = line.strip_suffix(" HTTP/1.1")?;
    Some(address.split(['?', '#']).next()?.to_owned())
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_told_without_its_query_and_nothing_else_is_one() {
        let what = |packet: &str| request(packet.as_bytes());
        let callback = "GET /?code=secret&state=s HTTP/1.1\r\nHost: a\r\n\r\n";
        assert_eq!(what(callback).unwrap(), "GET /");
        let posted = "POST /api/session HTTP/1.1\r\n\r\n{}";
        assert_eq!(what(posted).unwrap(), "POST /api/session");
        for packet in ["", "{\"code\":\"GET\"}", "Accept: */*\r\n"] {
            assert_eq!(what(packet), None, "{packet}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn connections_share_a_way_packet_by_packet() {
        let way = Way::new(146_000.0);
        let begun = Instant::now();
        let ends = async |packets| {
            for _ in 0..packets {
                way.carry(PACKET).await;
            }
            begun.elapsed().as_millis()
        };
        // The short one has its second turn when the long one has had two.
        assert_eq!(tokio::join!(ends(10), ends(2)), (120, 40));
    }

    #[tokio::test]
    async fn everything_arrives_and_requests_are_noted() -> std::io::Result<()> {
        let server = TcpListener::bind("127.0.0.1:0").await?;
        let line = Line::default();
        let slow = Speed {
            down: 1e6,
            up: 1e6,
            round_trip: Duration::from_millis(10),
        };
        for speed in [None, Some(slow)] {
            line.set(speed);
            let front = line.lead_to(server.local_addr()?).await.unwrap();
            let phone = async {
                let mut phone = TcpStream::connect(front).await?;
                phone.write_all(b"GET /a.wasm HTTP/1.1\r\n\r\n").await?;
                let mut answer = Vec::new();
                phone.read_to_end(&mut answer).await?;
                std::io::Result::Ok(answer)
            };
            let serve = async {
                let (mut phone, _) = server.accept().await?;
                let mut asked = [0; 24];
                phone.read_exact(&mut asked).await?;
                phone.write_all(&[7; 5_000]).await?;
                phone.shutdown().await?;
                phone.read_to_end(&mut Vec::new()).await
            };
            let (answer, rest) = tokio::join!(phone, serve);
            assert_eq!((answer?, rest?), (vec![7; 5_000], 0));
            let asked = line.asked();
            assert_eq!(asked[0].what, "GET /a.wasm");
            assert!(asked.len() == 1 && line.asked().is_empty());
        }
        Ok(())
    }
}
