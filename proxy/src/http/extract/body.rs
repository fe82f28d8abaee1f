//! The body of a request: at most so long, and not for ever.

use std::future::Future;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use login_store::RecordValue;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::state_of;
use crate::http::headers;
use crate::http::refusal::Refusal;

/// Longest JSON object, in bytes; an honest one has about 250.
const OBJECT_BYTES: usize = 4096;
/// Longest report of a broken app; an honest one has about 70.
const REPORT_BYTES: usize = 1024;

/// A JSON object, declared as JSON.
pub(crate) struct JsonObject<T>(pub(crate) T);

/// A JSON object of whatever content type: a page may send only plain text to another origin without asking first.
pub(crate) struct UndeclaredObject<T>(pub(crate) T);

/// A short text of whatever content type, such as what a form of ours with one button sends.
pub(crate) struct ShortText(pub(crate) String);

/// The value of a record: the JSON itself, declared as JSON, without an envelope.
pub(crate) struct JsonValue(pub(crate) RecordValue);

impl<T: DeserializeOwned> FromRequest for JsonObject<T> {
    type Error = Refusal;
    type Future = LocalBoxFuture<'static, Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = json(request, payload, OBJECT_BYTES);
        // The parser's own words are dropped: they may quote the body.
        let parse = |body: Bytes| object_in(&body).map_err(|_| Refusal::MalformedBody);
        Box::pin(async move { parse(body.await?).map(Self) })
    }
}

impl<T: DeserializeOwned> FromRequest for UndeclaredObject<T> {
    type Error = Refusal;
    type Future = LocalBoxFuture<'static, Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = whole(request, payload, REPORT_BYTES);
        let parse = |body: Bytes| object_in(&body).map_err(|_| Refusal::MalformedReport);
        Box::pin(async move { parse(body.await?).map(Self) })
    }
}

impl FromRequest for ShortText {
    type Error = Refusal;
    type Future = LocalBoxFuture<'static, Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = whole(request, payload, REPORT_BYTES);
        Box::pin(async move { Ok(Self(String::from_utf8_lossy(&body.await?).into_owned())) })
    }
}

impl FromRequest for JsonValue {
    type Error = Refusal;
    type Future = LocalBoxFuture<'static, Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = json(request, payload, RecordValue::MOST_BYTES);
        let parse = |body: Bytes| RecordValue::parse(&body).map_err(Refusal::MalformedValue);
        Box::pin(async move { parse(body.await?).map(Self) })
    }
}

/// An object and nothing else: serde would take a list of the values, too.
fn object_in<T: DeserializeOwned>(body: &[u8]) -> serde_json::Result<T> {
    let object: Map<String, Value> = serde_json::from_slice(body)?;
    serde_json::from_value(object.into())
}

/// The whole body where it is declared as JSON, which no form of another site can be.
fn json(
    request: &HttpRequest,
    payload: &mut Payload,
    most_bytes: usize,
) -> impl Future<Output = Result<Bytes, Refusal>> + use<> {
    let is_json = headers::is_json(request.headers());
    let body = whole(request, payload, most_bytes);
    async move {
        if is_json {
            body.await
        } else {
            Err(Refusal::NotJson)
        }
    }
}

/// The whole body, at most so many bytes. [`Refusal::BodyTooLarge`] comes before it is read where its length is declared.
fn whole(
    request: &HttpRequest,
    payload: &mut Payload,
    most_bytes: usize,
) -> impl Future<Output = Result<Bytes, Refusal>> + use<> {
    let declared = headers::declared_length(request.headers());
    let timeout = state_of(request).map(|state| state.config.limits.timeouts.body);
    let payload = payload.take();
    async move {
        if declared.is_some_and(|length| length > most_bytes) {
            return Err(Refusal::BodyTooLarge { most_bytes });
        }
        read(payload, most_bytes, timeout?).await
    }
}

async fn read(
    mut payload: Payload,
    most_bytes: usize,
    timeout: Duration,
) -> Result<Bytes, Refusal> {
    let read = async {
        let mut body = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| Refusal::Framework(StatusCode::BAD_REQUEST))?;
            if chunk.len() > most_bytes.saturating_sub(body.len()) {
                return Err(Refusal::BodyTooLarge { most_bytes });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    };
    let in_time = tokio::time::timeout(timeout, read).await;
    in_time.unwrap_or(Err(Refusal::BodyTooSlow))
}

#[cfg(test)]
mod tests {
    use actix_web::error::PayloadError;
    use futures_util::{Stream, stream};

    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(10);

    async fn read_of(
        chunks: impl Stream<Item = Result<Bytes, PayloadError>> + 'static,
    ) -> Result<Bytes, u16> {
        let payload = Box::pin(chunks);
        let read = read(Payload::Stream { payload }, 8, TIMEOUT).await;
        read.map_err(|refusal| actix_web::ResponseError::status_code(&refusal).as_u16())
    }

    /// A byte every so often.
    fn every(pause: Duration) -> impl Stream<Item = Result<Bytes, PayloadError>> {
        stream::repeat(()).then(move |()| async move {
            tokio::time::sleep(pause).await;
            Ok(Bytes::from_static(b"x"))
        })
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_in_time_is_read_and_one_that_stops_or_trickles_is_given_up_at_the_deadline() {
        let (fast, slow) = (Duration::from_secs(1), Duration::from_secs(2));
        assert_eq!(read_of(every(fast).take(8)).await.unwrap(), "xxxxxxxx");
        assert_eq!(read_of(every(fast)).await, Err(413));
        assert_eq!(read_of(every(slow)).await, Err(408));
        let start = tokio::time::Instant::now();
        let stopped = every(fast).take(1).chain(stream::pending());
        assert_eq!(read_of(stopped).await, Err(408));
        assert_eq!(start.elapsed(), TIMEOUT);
    }
}
