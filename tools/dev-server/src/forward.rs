//! Passes a request on and its answer back, both as streams, as `proxy_pass` of nginx does.
//!
//! By hyper itself and not by reqwest: no address is written differently from how it was sent, no header is added, no
//! redirect followed, and no HTTP proxy of the system asked.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING,
};
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use futures_util::{Stream as _, StreamExt as _};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;

use crate::missing::{self, Program};

/// What belongs to one connection and not to the message, and what nginx answers itself.
const OF_THE_CONNECTION: [&str; 9] = [
    "connection",
    "expect",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "content-length",
];

/// What is said of the visitor; whatever he says himself is dropped.
const OF_THE_VISITOR: [&str; 2] = ["x-forwarded-for", "x-request-id"];

/// The headers of a request that go on: not those of the connection, no name that some server takes for another one,
/// and of the visitor what this server knows.
pub(crate) fn headers_of(request: &HttpRequest) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in request.headers() {
        let is_ours =
            OF_THE_CONNECTION.contains(&name.as_str()) || OF_THE_VISITOR.contains(&name.as_str());
        if !is_ours && is_plain(name.as_str()) {
            headers.append(name.clone(), value.clone());
        }
    }
    if let Some(address) = request.peer_addr() {
        set(&mut headers, "x-forwarded-for", &address.ip().to_string());
    }
    set(&mut headers, "x-request-id", &missing::request_id());
    headers
}

/// As nginx with `underscores_in_headers off` and `ignore_invalid_headers on`.
fn is_plain(name: &str) -> bool {
    name.bytes()
        .all(|it| it.is_ascii_alphanumeric() || it == b'-')
}

/// Sets a header; what cannot be a value is left out.
pub(crate) fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nobody listens there.
    Silent,
    /// It took the request and gave no answer that could be read.
    Broken,
}

/// Sends a request to a program. For its answer there is no limit: it may stand in a debugger.
pub(crate) async fn send(
    program: &Program,
    method: &str,
    target: &str,
    headers: &HeaderMap,
    body: Upload,
) -> Result<hyper::Response<Incoming>, Failure> {
    let stream = program.connect().await.ok_or(Failure::Silent)?;
    // Small answers in parts, as events are, are not to wait for one another.
    let _ = stream.set_nodelay(true);
    let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream));
    let (mut sender, connection) = handshake.await.map_err(|_| Failure::Broken)?;
    actix_web::rt::spawn(connection);
    let mut request = hyper::Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(name.as_str(), value.as_bytes());
    }
    let request = request.body(body).map_err(|_| Failure::Broken)?;
    sender
        .send_request(request)
        .await
        .map_err(|_| Failure::Broken)
}

/// Its answer as it is, or why there is none.
pub(crate) async fn pass(
    program: &Program,
    request: &HttpRequest,
    headers: &HeaderMap,
    payload: web::Payload,
) -> HttpResponse {
    let target = target_of(request);
    let body = Upload::of(request, payload);
    match send(program, request.method().as_str(), &target, headers, body).await {
        Ok(answer) => answered(answer),
        Err(failure) => failed(program, request, &failure),
    }
}

/// Path and query as they were sent.
pub(crate) fn target_of(request: &HttpRequest) -> String {
    let target = request.uri().path_and_query();
    target.map_or_else(|| "/".to_owned(), ToString::to_string)
}

/// 502 and words.
pub(crate) fn failed(program: &Program, request: &HttpRequest, failure: &Failure) -> HttpResponse {
    let language = crate::language::Language::of_browser(request.headers());
    let sentence = match failure {
        Failure::Silent => program.sentence(language),
        Failure::Broken => program.broke_off(language),
    };
    missing::response(request, StatusCode::BAD_GATEWAY, &sentence)
}

/// Status, headers and body of an answer, streaming.
pub(crate) fn answered(answer: hyper::Response<Incoming>) -> HttpResponse {
    let status = answer.status().as_u16();
    let length = answer.headers().get(hyper::header::CONTENT_LENGTH);
    let length = length.and_then(|it| it.to_str().ok()?.parse().ok());
    let mut response = head(status, answer.headers());
    if matches!(status, 204 | 304) {
        return response.finish();
    }
    let parts = answer.into_body().into_data_stream();
    match length {
        Some(length) => response.body(SizedStream::new(length, parts)),
        None => response.streaming(parts),
    }
}

/// The start of an answer with all headers but those of the connection.
pub(crate) fn head(status: u16, headers: &hyper::HeaderMap) -> actix_web::HttpResponseBuilder {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut response = HttpResponse::build(status);
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_str().as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value)
            && !OF_THE_CONNECTION.contains(&name.as_str())
        {
            response.append_header((name, value));
        }
    }
    response
}

/// What the browser sends, as it comes.
pub(crate) struct Upload {
    payload: Option<web::Payload>,
    left: Option<u64>,
}

impl Upload {
    /// Nothing.
    pub(crate) const EMPTY: Self = Self {
        payload: None,
        left: Some(0),
    };

    fn of(request: &HttpRequest, payload: web::Payload) -> Self {
        let headers = request.headers();
        let length = headers.get(CONTENT_LENGTH);
        let length = length.and_then(|it| it.to_str().ok()?.trim().parse().ok());
        if length.is_none() && !headers.contains_key(TRANSFER_ENCODING) {
            return Self::EMPTY;
        }
        Self {
            payload: Some(payload),
            left: length,
        }
    }
}

impl http_body::Body for Upload {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let Some(payload) = &mut self.payload else {
            return Poll::Ready(None);
        };
        let part = std::task::ready!(Pin::new(payload).poll_next(context));
        if let (Some(Ok(part)), Some(left)) = (&part, &mut self.left) {
            *left = left.saturating_sub(part.len() as u64);
        }
        // The browser's fault has no words of its own here: the connection ends.
        let part = part.map(|it| it.map(Frame::data).map_err(std::io::Error::other));
        Poll::Ready(part)
    }

    fn is_end_stream(&self) -> bool {
        self.left == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        self.left
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// The body of an answer as text, of one that is small; `None` of a larger one, or one that breaks off.
pub(crate) async fn small_text(body: Incoming) -> Option<Bytes> {
    const MOST: usize = 1 << 20;
    let mut parts = body.into_data_stream();
    let mut all = bytes::BytesMut::new();
    while let Some(part) = parts.next().await {
        all.extend_from_slice(&part.ok()?);
        if all.len() > MOST {
            return None;
        }
    }
    Some(all.freeze())
}
