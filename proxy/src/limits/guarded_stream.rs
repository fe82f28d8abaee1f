//! A connection that cannot be held for nothing.
//!
//! The framework waits for the head of the first request on a connection for a while, and for every later one as long
//! as it takes; and it waits for ever for a client that does not read its answer. So the time is taken here, where the
//! bytes pass: from the first byte of a request to the first byte of its answer, and while the client takes nothing.
//! Of a request whose beginning came together with the one before, nobody sees the first byte: its time is that of
//! idleness.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::config::ClientPatience;
use crate::deadline;
use crate::life_cycle::OneUnderWay;

/// A stream with an end to every waiting but that for the first request, which the framework sees to.
pub(crate) struct GuardedStream<T> {
    stream: T,
    /// From the first byte of a request to the first of its answer.
    request: Duration,
    /// While an answer is not taken.
    standstill: Duration,
    /// From an answer to the next request.
    idle: Duration,
    closing: Closing,
    /// When the first byte came of a request that has no answer yet.
    asked: Option<Instant>,
    /// When the last of an answer was taken.
    answered: Option<Instant>,
    /// When the client stopped taking its answer.
    stuck: Option<Instant>,
    /// Set to a deadline or earlier.
    timer: Option<Pin<Box<Sleep>>>,
    _counted: Option<OneUnderWay>,
}

/// Ends when idle connections shall be closed.
enum Closing {
    Awaited(Pin<Box<dyn Future<Output = ()>>>),
    Now,
}

impl<T> GuardedStream<T> {
    /// `closing` ends when nothing is under way any more: from then on the client seems to have gone.
    pub(crate) fn new(
        stream: T,
        patience: &ClientPatience,
        closing: impl Future<Output = ()> + 'static,
    ) -> Self {
        Self {
            stream,
            request: patience.request,
            standstill: patience.standstill,
            idle: patience.idle,
            closing: Closing::Awaited(Box::pin(closing)),
            asked: None,
            answered: None,
            stuck: None,
            timer: None,
            _counted: None,
        }
    }

    /// One of those that are counted, for as long as it is there.
    pub(crate) fn counted(mut self, one: OneUnderWay) -> Self {
        self._counted = Some(one);
        self
    }

    fn is_closing(&mut self, context: &mut Context<'_>) -> bool {
        if let Closing::Awaited(closing) = &mut self.closing
            && closing.as_mut().poll(context).is_ready()
        {
            self.closing = Closing::Now;
        }
        matches!(self.closing, Closing::Now)
    }

    /// Fails at the deadline. The timer is seldom moved: where the deadline is later by then, it is set again.
    fn poll_deadline(
        &mut self,
        deadline: Instant,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.deadline() > deadline {
            timer.as_mut().reset(deadline);
        }
        loop {
            ready!(timer.as_mut().poll(context));
            if timer.deadline() >= deadline {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            timer.as_mut().reset(deadline);
        }
    }

    /// The client took some of an answer, or could not.
    fn after_write(
        &mut self,
        written: Poll<io::Result<usize>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            (self.asked, self.stuck) = (None, None);
            self.answered = Some(Instant::now());
            return written;
        }
        let stuck = *self.stuck.get_or_insert_with(Instant::now);
        ready!(self.poll_deadline(deadline::after(stuck, self.standstill), context))?;
        Poll::Pending
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for GuardedStream<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        if read.is_ready() {
            if buffer.filled().len() > before {
                this.asked.get_or_insert_with(Instant::now);
            }
            return read;
        }
        if this.is_closing(context) {
            return Poll::Ready(Ok(()));
        }
        let asked = this.asked.map(|asked| (asked, this.request));
        let answered = this.answered.map(|answered| (answered, this.idle));
        if let Some((since, patience)) = asked.or(answered) {
            ready!(this.poll_deadline(deadline::after(since, patience), context))?;
        }
        Poll::Pending
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for GuardedStream<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.after_write(written, context)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.after_write(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::sync::oneshot;

    use super::*;

    /// By a clock that goes on by itself to what is waited for, however busy the machine is.
    const SHORT: Duration = Duration::from_secs(1);
    const LONG: Duration = Duration::from_secs(60);

    /// A connection with room for eight bytes on the way, and its client's end.
    fn connection(
        request: Duration,
        standstill: Duration,
    ) -> (GuardedStream<DuplexStream>, DuplexStream) {
        let (ours, theirs) = duplex(8);
        let patience = ClientPatience {
            request,
            standstill,
            ..ClientPatience::default()
        };
        (GuardedStream::new(ours, &patience, pending()), theirs)
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_stops_half_way_is_given_up() {
        let (mut ours, mut theirs) = connection(SHORT, LONG);
        let mut buffer = [0; 8];
        // Waiting for its beginning has no end.
        let waited = tokio::time::timeout(2 * SHORT, ours.read(&mut buffer)).await;
        assert!(waited.is_err());
        theirs.write_all(b"GET").await.unwrap();
        assert_eq!(ours.read(&mut buffer).await.unwrap(), 3);
        let error = ours.read(&mut buffer).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn each_request_has_its_own_time_and_it_ends_with_the_answer() {
        let (mut ours, mut theirs) = connection(4 * SHORT, LONG);
        let mut buffer = [0; 8];
        for _ in 0..3 {
            theirs.write_all(b"ask").await.unwrap();
            assert_eq!(ours.read(&mut buffer).await.unwrap(), 3);
            let waited = tokio::time::timeout(2 * SHORT, ours.read(&mut buffer)).await;
            assert!(waited.is_err(), "{waited:?}");
            ours.write_all(b"answer").await.unwrap();
            assert_eq!(theirs.read(&mut buffer).await.unwrap(), 6);
        }
        let idle = tokio::time::timeout(6 * SHORT, ours.read(&mut buffer)).await;
        assert!(idle.is_err(), "{idle:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn half_a_request_that_came_with_the_one_before_is_given_up() {
        let (ours, mut theirs) = duplex(8);
        let patience = ClientPatience {
            idle: SHORT,
            ..ClientPatience::default()
        };
        let mut ours = GuardedStream::new(ours, &patience, pending());
        let mut buffer = [0; 8];
        theirs.write_all(b"ask\nas").await.unwrap();
        assert_eq!(ours.read(&mut buffer).await.unwrap(), 6);
        ours.write_all(b"answer").await.unwrap();
        let error = ours.read(&mut buffer).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_nothing_is_given_up_and_a_slow_one_is_not() {
        let (mut ours, mut theirs) = connection(LONG, 4 * SHORT);
        let slow = async {
            let mut buffer = [0; 4];
            for _ in 0..6 {
                tokio::time::sleep(SHORT).await;
                theirs.read_exact(&mut buffer).await.unwrap();
            }
            theirs
        };
        let (written, _theirs) = futures_util::future::join(ours.write_all(&[0; 32]), slow).await;
        written.unwrap();
        let error = ours.write_all(&[0; 9]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_connection_ends_when_everything_does() {
        let (ours, _theirs) = duplex(8);
        let (close, closing) = oneshot::channel::<()>();
        let closing = async { drop(closing.await) };
        let mut ours = GuardedStream::new(ours, &ClientPatience::default(), closing);
        let close = async {
            tokio::task::yield_now().await;
            drop(close);
        };
        let mut buffer = [0; 8];
        let (read, ()) = futures_util::future::join(ours.read(&mut buffer), close).await;
        assert_eq!(read.unwrap(), 0);
        assert_eq!(ours.read(&mut buffer).await.unwrap(), 0, "for good");
    }
}
