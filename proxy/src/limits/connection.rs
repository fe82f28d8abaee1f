//! What happens to a connection around one request: a body that comes too slowly is not waited for, what nobody read
//! of it is not read for nothing, and a connection ends with its answer while the process is ending or connections are
//! scarce.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, EitherBody, MessageBody};
use actix_web::dev::{Extensions, Payload, ServiceRequest, ServiceResponse};
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
            request.extensions_mut().insert(body.too_slowly.clone());
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

/// Noted with a request whose body was given up.
#[derive(Clone, Default)]
pub(crate) struct BodyCameTooSlowly(Rc<Cell<bool>>);

impl BodyCameTooSlowly {
    pub(crate) fn is_noted(extensions: &Extensions) -> bool {
        extensions.get::<Self>().is_some_and(|it| it.0.get())
    }
}

/// The body of a request until its deadline. Clones are the same body.
#[derive(Clone)]
struct WatchedBody {
    inner: Rc<RefCell<Inner>>,
    deadline: Instant,
    too_slowly: BodyCameTooSlowly,
}

struct Inner {
    /// Empty once read to its end.
    payload: Payload,
    /// There while nothing comes.
    timer: Option<Pin<Box<Sleep>>>,
}

impl WatchedBody {
    fn new(payload: Payload, deadline: Instant) -> Self {
        let inner = Inner {
            payload,
            timer: None,
        };
        Self {
            inner: Rc::new(RefCell::new(inner)),
            deadline,
            too_slowly: BodyCameTooSlowly::default(),
        }
    }
}

impl Stream for WatchedBody {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut inner = self.inner.borrow_mut();
        if let Poll::Ready(chunk) = Pin::new(&mut inner.payload).poll_next(context) {
            if chunk.is_none() {
                inner.payload = Payload::None;
            } else if Instant::now() < self.deadline {
                return Poll::Ready(chunk);
            }
            // A body that is complete is complete, however late.
            if chunk.is_none() {
                return Poll::Ready(None);
            }
        }
        let deadline = self.deadline;
        let timer = inner
            .timer
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        if timer.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        self.too_slowly.0.set(true);
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

    use futures_util::StreamExt;
    use futures_util::stream;

    use super::*;

    fn watched(
        chunks: impl Stream<Item = Result<Bytes, PayloadError>> + 'static,
        limit: Duration,
    ) -> WatchedBody {
        let payload = Box::pin(chunks);
        WatchedBody::new(Payload::Stream { payload }, Instant::now() + limit)
    }

    fn chunk() -> Result<Bytes, PayloadError> {
        Ok(Bytes::from_static(b"x"))
    }

    #[tokio::test]
    async fn a_body_in_time_is_read_as_it_is() {
        let chunks = stream::repeat_with(chunk).take(9);
        let mut body = watched(chunks, Duration::from_secs(60));
        for _ in 0..9 {
            assert_eq!(body.next().await.unwrap().unwrap(), "x");
        }
        assert!(body.next().await.is_none());
        assert!(body.next().await.is_none(), "for good");
        assert!(!body.too_slowly.0.get());
    }

    #[tokio::test]
    async fn a_body_that_stops_is_given_up() {
        let chunks = stream::iter([chunk()]).chain(stream::pending());
        let mut body = watched(chunks, Duration::from_millis(30));
        assert!(body.next().await.unwrap().is_ok());
        let error = body.next().await.unwrap().unwrap_err();
        assert!(matches!(error, PayloadError::Io(_)), "{error}");
        assert!(body.too_slowly.0.get());
    }

    #[tokio::test]
    async fn a_body_that_goes_on_and_on_is_given_up_at_the_deadline() {
        let mut body = watched(stream::repeat_with(chunk), Duration::from_secs(60));
        assert!(body.next().await.unwrap().is_ok());
        body.deadline = Instant::now();
        assert!(body.next().await.unwrap().is_err());
        assert!(body.too_slowly.0.get());
    }

    #[tokio::test]
    async fn a_body_that_is_complete_is_complete_however_late() {
        let mut body = watched(stream::empty(), Duration::ZERO);
        assert!(body.next().await.is_none());
        assert!(!body.too_slowly.0.get());
    }
}
