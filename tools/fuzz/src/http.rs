//! Requests as readable text, and a server in this thread that answers them.
//!
//! ```text
//! PUT /api/records/order/1
//! cookie: {session}
//! content-type: application/json
//!
//! {"paid":true}
//! ```

use std::cell::RefCell;

use actix_web::body::MessageBody;
use actix_web::dev::{Service as _, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode, Uri};
use actix_web::rt::System;
use actix_web::web::Bytes;
use actix_web::{App, test};

use crate::ours::{Platform, simulator};

/// Where requests come from: one of our own web servers, by the configuration of the proxy.
const PEER: ([u8; 4], u16) = ([10, 0, 0, 1], 40_000);

/// A request that a server's parser would pass on.
#[derive(Clone)]
pub(crate) struct Request {
    /// Any token.
    pub(crate) method: Method,
    /// Path and query, or anything else that stands in a request line.
    pub(crate) target: Uri,
    /// In their order.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    /// Whatever follows.
    pub(crate) body: Vec<u8>,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    /// Reads the text above; nothing where it is no request. Lines that are no headers are passed over.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let mut lines = head.split('\n');
        let (method, target) = lines.next()?.split_once(' ')?;
        Some(Self {
            method: Method::from_bytes(method.as_bytes()).ok()?,
            target: self::target(target)?,
            headers: lines.filter_map(header).collect(),
            body: body.into(),
        })
    }

    /// A request without headers and body.
    ///
    /// # Panics
    /// If the target is none.
    pub(crate) fn new(method: Method, target: &str) -> Self {
        Self {
            method,
            target: self::target(target).unwrap(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// All headers of this name, as text.
    pub(crate) fn header(&self, name: &str) -> String {
        let named = self.headers.iter().filter(|(it, _)| it == name);
        let texts = named.map(|(_, value)| String::from_utf8_lossy(value.as_bytes()));
        texts.collect()
    }

    /// With one header more.
    pub(crate) fn with(mut self, name: &'static str, value: HeaderValue) -> Self {
        self.headers.push((HeaderName::from_static(name), value));
        self
    }

    /// With this body, sent as JSON.
    pub(crate) fn json(self, body: impl Into<Vec<u8>>) -> Self {
        let mut request = self.with("content-type", HeaderValue::from_static("application/json"));
        request.body = body.into();
        request
    }
}

impl Answer {
    /// A header's text, empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.and_then(|it| it.to_str().ok()).unwrap_or_default()
    }

    /// Everything a caller sees.
    pub(crate) fn text(&self) -> String {
        let body = String::from_utf8_lossy(&self.body);
        format!("{:?}\n{body}", self.headers)
    }
}

fn target(text: &str) -> Option<Uri> {
    let target = Uri::try_from(text).ok()?;
    // Anything else never reaches an application.
    target.path().starts_with('/').then_some(target)
}

fn header(line: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_once(':')?;
    let value = HeaderValue::from_bytes(value.trim_ascii().as_bytes());
    Some((name.parse().ok()?, value.ok()?))
}

/// An application without a server: requests in, answers out.
pub(crate) type Application = Box<dyn Fn(Request) -> Answer>;

/// Sets up what `make` makes, on a runner of its own in this thread.
pub(crate) fn application<T, B>(make: impl Future<Output = App<T>>) -> Application
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
    let runner = System::new();
    let service = runner.block_on(async { test::init_service(make.await).await });
    Box::new(move |request| {
        // Named first, so it ends before the runner.
        let service = &service;
        runner.block_on(async move {
            let mut asked = test::TestRequest::default()
                .method(request.method)
                .peer_addr(PEER.into());
            for header in request.headers {
                asked = asked.append_header(header);
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
    })
}

thread_local! {
    // Never dropped: at the end of a thread what it would need for that has gone already.
    static SIMULATOR: &'static RefCell<Application> = Box::leak(Box::new(RefCell::new(new_simulator())));
}

/// The simulator with its built-in accounts and people.
fn new_simulator() -> Application {
    application(async { simulator(Platform::default()) })
}

/// Asks this thread's simulator; a request that may have changed something is the last one of it.
pub(crate) fn ask_simulator(request: Request) -> Answer {
    let is_change = !request.method.is_safe();
    SIMULATOR.with(|simulator| {
        let answer = simulator.borrow()(request);
        if is_change && !answer.status.is_client_error() {
            drop(simulator.replace(new_simulator()));
        }
        answer
    })
}
