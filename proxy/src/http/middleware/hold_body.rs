//! A request's body is kept until its response is out. actix reads one in chunks that was dropped to its end, however
//! long that takes; beside one that is still there it ends the connection.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{Error, HttpMessage};
use futures_util::Stream;

/// Middleware, the outermost.
pub(crate) async fn hold<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, Holding<B>>>, Error> {
    let held = match request.take_payload() {
        Payload::None => None,
        payload => {
            let held = Held(Rc::new(RefCell::new(payload)));
            let payload = Box::pin(held.clone());
            request.set_payload(Payload::Stream { payload });
            Some(held)
        }
    };
    let response = next.call(request).await?;
    Ok(match held {
        Some(held) => response.map_body(|_, body| {
            EitherBody::right(Holding {
                body: Box::pin(body),
                _held: held,
            })
        }),
        None => response.map_into_left_body(),
    })
}

#[derive(Clone)]
struct Held(Rc<RefCell<Payload>>);

impl Stream for Held {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_next(context)
    }
}

/// The body of a response, and that of its request with it.
pub(crate) struct Holding<B> {
    body: Pin<Box<B>>,
    _held: Held,
}

impl<B: MessageBody> MessageBody for Holding<B> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        self.body.as_mut().poll_next(context)
    }
}
