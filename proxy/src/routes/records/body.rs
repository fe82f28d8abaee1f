//! The body of a record that is written: the JSON itself, without an envelope.

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use crate::error::ApiError;
use crate::store::RecordValue;

/// Checked JSON, sent as `application/json`, which no form of another site can be.
pub struct RecordBody(pub RecordValue);

impl FromRequest for RecordBody {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = request
            .content_type()
            .eq_ignore_ascii_case("application/json");
        let bytes = web::Bytes::from_request(request, payload);
        async move {
            if !is_json {
                return Err(ApiError::NotJson);
            }
            let bytes =
                bytes
                    .await
                    .map_err(|error| match error.as_response_error().status_code() {
                        StatusCode::PAYLOAD_TOO_LARGE => ApiError::ValueTooLong,
                        other => ApiError::Framework(other),
                    })?;
            if bytes.len() > RecordValue::MOST_BYTES {
                return Err(ApiError::ValueTooLong);
            }
            RecordValue::parse(&bytes)
                .map(Self)
                .map_err(ApiError::MalformedValue)
        }
        .boxed_local()
    }
}
