//! Requests as readable text, and a server in this thread that answers them.
//!
//! ```text
//! PUT /api/records/order/1
//! cookie: {session}
//! content-type: application/json
//!
//! {"paid":true}
//! ```

mod proxy;
mod service;
mod simulator;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode, Uri};
use actix_web::web::Bytes;

pub(crate) use proxy::Proxy;
pub(crate) use simulator::Simulator;

/// A request that a server's parser would pass on.
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
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let (head, body) = match text.windows(2).position(|two| two == b"\n\n") {
            Some(end) => (&text[..end], &text[end + 2..]),
            None => (text, &[][..]),
        };
        let mut lines = head.split(|byte| *byte == b'\n');
        let first = lines.next()?;
        let blank = first.iter().position(|byte| *byte == b' ')?;
        Some(Self {
            method: Method::from_bytes(&first[..blank]).ok()?,
            target: target(&first[blank + 1..])?,
            headers: lines.filter_map(header).collect(),
            body: body.to_vec(),
        })
    }

    /// A request without headers and body.
    ///
    /// # Panics
    /// If the target is none.
    pub(crate) fn new(method: Method, target: &str) -> Self {
        Self {
            method,
            target: self::target(target.as_bytes()).unwrap(),
            headers: Vec::new(),
            body: Vec::new(),
        }
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
        let mut text = String::new();
        for (name, value) in &self.headers {
            text.push_str(&format!(
                "{name}: {}\n",
                String::from_utf8_lossy(value.as_bytes())
            ));
        }
        text.push_str(&String::from_utf8_lossy(&self.body));
        text
    }
}

fn target(text: &[u8]) -> Option<Uri> {
    let target = Uri::try_from(text).ok()?;
    // Anything else never reaches an application.
    target.path().starts_with('/').then_some(target)
}

fn header(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    Some((
        HeaderName::from_bytes(&line[..colon]).ok()?,
        HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?,
    ))
}
