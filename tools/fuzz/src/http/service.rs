//! An application without a server: requests in, answers out.

use std::pin::Pin;
use std::rc::Rc;

use actix_web::body::MessageBody;
use actix_web::dev::{Service as _, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::rt::{System, SystemRunner};
use actix_web::{App, test};

use super::{Answer, Request};

/// Where requests come from: one of our own web servers, by the configuration of the proxy.
const PEER: ([u8; 4], u16) = ([10, 0, 0, 1], 40_000);

type Asked = Pin<Box<dyn Future<Output = Answer>>>;

/// An application.
pub(super) struct Service(Box<dyn Fn(Request) -> Asked>);

impl Service {
    /// Sets it up.
    pub(super) async fn new<T, B>(app: App<T>) -> Self
    where
        T: ServiceFactory<
                ServiceRequest,
                Config = (),
                Response = ServiceResponse<B>,
                Error = actix_web::Error,
                InitError = (),
            > + 'static,
        B: MessageBody + 'static,
    {
        let service = Rc::new(test::init_service(app).await);
        Self(Box::new(move |request| {
            let service = service.clone();
            Box::pin(async move {
                let mut asked = test::TestRequest::default()
                    .method(request.method)
                    .peer_addr(PEER.into());
                for (name, value) in request.headers {
                    asked = asked.append_header((name, value));
                }
                let asked = asked
                    .uri(&request.target.to_string())
                    .set_payload(request.body);
                let answer = service.call(asked.to_request()).await;
                let answer = answer.unwrap_or_else(|error| panic!("a bare error: {error}"));
                Answer {
                    status: answer.status(),
                    headers: answer.headers().clone(),
                    body: test::read_body(answer).await,
                }
            })
        }))
    }

    /// Asks it.
    pub(super) fn ask(&self, request: Request) -> Asked {
        (self.0)(request)
    }
}

/// What this thread runs applications on.
pub(super) fn runner() -> SystemRunner {
    System::new()
}
