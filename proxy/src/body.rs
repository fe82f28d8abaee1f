//! The body of a request, read when its turn comes: after all that can refuse the request without it, and before
//! anything is counted.

use std::io;

use actix_web::HttpRequest;
use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::headers;
use login_store::RecordValue;

/// Longest JSON object, in bytes; an honest one has about 250.
const OBJECT_BYTES: usize = 4096;

/// A JSON object, declared as JSON.
///
/// # Errors
/// [`ApiError::MalformedBody`] for any other JSON, and those of [`whole`].
pub(crate) async fn object<T: DeserializeOwned>(
    request: &HttpRequest,
    body: Payload,
) -> Result<T, ApiError> {
    let bytes = json(request, body, OBJECT_BYTES).await?;
    // The parser's own words are dropped: they may quote the body.
    object_in(&bytes).map_err(|_| ApiError::MalformedBody)
}

/// The value of a record: the JSON itself, without an envelope.
///
/// # Errors
/// [`ApiError::MalformedValue`] for what cannot be kept, and those of [`whole`].
pub(crate) async fn record_value(
    request: &HttpRequest,
    body: Payload,
) -> Result<RecordValue, ApiError> {
    let bytes = json(request, body, RecordValue::MOST_BYTES).await?;
    RecordValue::parse(&bytes).map_err(ApiError::MalformedValue)
}

/// The whole body, of any content type, at most so many bytes.
///
/// # Errors
/// [`ApiError::BodyTooLarge`], before it is read where its length is declared; [`ApiError::BodyTooSlow`]; any other where
/// the client went away.
pub(crate) async fn whole(
    request: &HttpRequest,
    mut body: Payload,
    most_bytes: usize,
) -> Result<Bytes, ApiError> {
    let declared = headers::declared_length(request.headers());
    let mut read = BytesMut::new();
    let mut room = most_bytes;
    if declared.is_some_and(|length| length > most_bytes) {
        return Err(ApiError::BodyTooLarge { most_bytes });
    }
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|error| unread(&error))?;
        room = room
            .checked_sub(chunk.len())
            .ok_or(ApiError::BodyTooLarge { most_bytes })?;
        read.extend_from_slice(&chunk);
    }
    Ok(read.freeze())
}

/// An object and nothing else: serde would take a list of the values, too.
///
/// # Errors
/// For all other JSON, and for what is none.
pub(crate) fn object_in<T: DeserializeOwned>(body: &[u8]) -> serde_json::Result<T> {
    let object: Map<String, Value> = serde_json::from_slice(body)?;
    serde_json::from_value(object.into())
}

/// The whole body where it is declared as JSON, which no form of another site can be.
async fn json(request: &HttpRequest, body: Payload, most_bytes: usize) -> Result<Bytes, ApiError> {
    if !headers::is_json(request.headers()) {
        return Err(ApiError::NotJson);
    }
    whole(request, body, most_bytes).await
}

fn unread(error: &PayloadError) -> ApiError {
    match error {
        PayloadError::Io(error) if error.kind() == io::ErrorKind::TimedOut => ApiError::BodyTooSlow,
        _ => ApiError::Framework(StatusCode::BAD_REQUEST),
    }
}
