//! What happens to a connection around one request: a body that comes too slowly is not waited for, what nobody read
//! of it is not read for nothing, and a connection ends with its answer while the process is ending or connections are
//! scarce.

use std::cell::RefCell;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::ConnectionType;
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpMessage};
use futures_util::Stream;
use tokio::time::{Instant, Sleep};

use crate::app::AppState;
use crate::deadline;

/// Middleware, the outermost: it must see the answer as it leaves.
///
/// # Errors
/// Those of the service inside, unchanged.
pub(crate) async fn guard<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, Holding<B>>>, Error> {
    let Some(state) = request.app_data::<Data<AppState>>().cloned() else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let body = match request.take_payload() {
        Payload::None => None,
        payload => {
            let deadline = deadline::after(Instant::now(), state.config.limits.patience.body);
            let body = WatchedBody::new(payload, deadline);
            let stream = Box::pin(body.clone());
            request.set_payload(Payload::Stream { payload: stream });
            Some(body)
        }
    };
    let mut response = next.call(request).await?;
    if state.life.is_ending() || state.connections.are_scarce() {
        let head = response.response_mut().head_mut();
        head.set_connection_type(ConnectionType::Close);
    }
    Ok(match body {
        Some(body) => response.map_body(|_, answer| {
            let answer = Box::pin(answer);
            EitherBody::right(Holding {
                answer,
                _body: body,
            })
        }),
        None => response.map_into_left_body(),
    })
}

/// The body of a request until its deadline: from then on there is no more of it, only the error that says so, whatever
/// still comes. Clones are the same body.
#[derive(Clone)]
struct WatchedBody(Rc<RefCell<Inner>>);

struct Inner {
    /// Empty once read to its end.
    payload: Payload,
    deadline: Instant,
    /// There while nothing comes.
    timer: Option<Pin<Box<Sleep>>>,
}

impl WatchedBody {
    fn new(payload: Payload, deadline: Instant) -> Self {
        Self(Rc::new(RefCell::new(Inner {
            payload,
            deadline,
            timer: None,
        })))
    }
}

impl Stream for WatchedBody {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut inner = self.0.borrow_mut();
        let deadline = inner.deadline;
        if matches!(inner.payload, Payload::None) {
            return Poll::Ready(None);
        }
        // The clock decides, not the timer, which is up to a millisecond behind: what comes in between is late, too.
        if Instant::now() < deadline {
            let came = Pin::new(&mut inner.payload).poll_next(context);
            if matches!(came, Poll::Ready(None)) {
                inner.payload = Payload::None;
            }
            if came.is_ready() {
                return came;
            }
            let timer = inner
                .timer
                .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
            if timer.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
        }
        let late = io::Error::from(io::ErrorKind::TimedOut);
        Poll::Ready(Some(Err(PayloadError::Io(late))))
    }
}

/// An answer that keeps the request's body with it.
///
/// The framework closes the connection after the answer where a body is neither read nor given up, waiting a moment for
/// the client to notice. One that is given up it reads to the end instead, and a chunked one may have none.
pub(crate) struct Holding<B> {
    answer: Pin<Box<B>>,
    _body: WatchedBody,
}

impl<B: MessageBody> MessageBody for Holding<B> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        self.answer.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        self.answer.as_mut().poll_next(context)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::{FutureExt as _, StreamExt as _, stream};
    use tokio::time;

    use super::*;

    /// Ends between two ticks of the timer.
    const LIMIT: Duration = Duration::from_micros(10_000_300);
    /// Less than a tick.
    const A_MOMENT: Duration = Duration::from_micros(100);

    fn watched(chunks: impl Stream<Item = Result<Bytes, PayloadError>> + 'static) -> WatchedBody {
        let payload = Box::pin(chunks);
        WatchedBody::new(Payload::Stream { payload }, Instant::now() + LIMIT)
    }

    fn chunk() -> Result<Bytes, PayloadError> {
        Ok(Bytes::from_static(b"x"))
    }

    /// What comes so long after the beginning.
    fn after(wait: Duration, it: Option<()>) -> impl Stream<Item = Result<Bytes, PayloadError>> {
        let late = async move {
            time::advance(wait).await;
            stream::iter(it.map(|()| chunk()))
        };
        late.into_stream().flatten()
    }

    async fn assert_late(body: &mut WatchedBody) {
        // For good: nobody takes the end of the connection for the end of the body.
        for _ in 0..3 {
            let error = body.next().await.unwrap().unwrap_err();
            let PayloadError::Io(error) = error else {
                panic!("{error}");
            };
            assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_in_time_is_read_as_it_is() {
        let last = after(LIMIT - A_MOMENT, Some(()));
        let mut body = watched(stream::repeat_with(chunk).take(8).chain(last));
        for _ in 0..9 {
            assert_eq!(body.next().await.unwrap().unwrap(), "x");
        }
        assert!(body.next().await.is_none());
        time::advance(LIMIT).await;
        assert!(body.next().await.is_none(), "for good");
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_after_the_deadline_is_late_be_it_by_a_moment() {
        for late in [LIMIT, LIMIT + A_MOMENT, 2 * LIMIT] {
            for it in [Some(()), None] {
                let mut body = watched(stream::iter([chunk()]).chain(after(late, it)));
                assert!(body.next().await.unwrap().is_ok());
                assert_late(&mut body).await;
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stops_is_given_up() {
        let mut body = watched(stream::iter([chunk()]).chain(stream::pending()));
        assert!(body.next().await.unwrap().is_ok());
        time::advance(LIMIT - A_MOMENT).await;
        assert!(body.next().now_or_never().is_none());
        // The clock goes on by itself to what is waited for.
        assert_late(&mut body).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_goes_on_and_on_is_given_up_at_the_deadline() {
        let mut body = watched(stream::repeat_with(chunk));
        assert!(body.next().await.unwrap().is_ok());
        time::advance(LIMIT).await;
        assert_late(&mut body).await;
    }
}
