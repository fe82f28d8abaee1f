//! `/api/records`: what belongs to the signed-in user. Who that is comes from the session alone.

mod body;
mod caller;
mod conditions;
pub(crate) mod operations;

use actix_web::{HttpRequest, HttpResponse, web};

pub use body::RecordBody;
pub use caller::{SignedInReader, SignedInWriter};

use crate::app::AppState;
use crate::error::ApiError;

/// `GET /api/records`: a page of the user's records, newest first.
///
/// # Errors
/// [`ApiError`] for a malformed query or cursor.
pub async fn list(
    SignedInReader(owner): SignedInReader,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    operations::list(&state, owner, request.query_string()).await
}

/// `GET /api/records/{kind}/{key}`: one record, with its entity tag.
///
/// # Errors
/// [`ApiError::NotFound`] if the user has none of this name, others for a malformed request.
pub async fn show(
    SignedInReader(owner): SignedInReader,
    state: web::Data<AppState>,
    name: web::Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let (kind, key) = name.into_inner();
    let owner = owner.ok_or(ApiError::NotFound)?;
    let id = operations::record_id(owner, &kind, &key)?;
    operations::show(&state, &id, request.headers()).await
}

/// `PUT /api/records/{kind}/{key}`: creates or replaces one record.
///
/// # Errors
/// [`ApiError::NotSignedIn`] if the user was erased since the session began: a new login begins anew.
/// [`ApiError::PreconditionFailed`] if the record is not as the request expects. Others for a malformed request.
pub async fn put(
    SignedInWriter(owner): SignedInWriter,
    state: web::Data<AppState>,
    name: web::Path<(String, String)>,
    request: HttpRequest,
    RecordBody(value): RecordBody,
) -> Result<HttpResponse, ApiError> {
    let (kind, key) = name.into_inner();
    let id = operations::record_id(owner, &kind, &key)?;
    let answer = operations::put(&state, &id, request.headers(), value).await?;
    answer.ok_or(ApiError::NotSignedIn)
}

/// `DELETE /api/records/{kind}/{key}`: deletes one record.
///
/// # Errors
/// [`ApiError::NotFound`] if there is none, [`ApiError::PreconditionFailed`] if it is not as the request expects.
/// Others for a malformed request.
pub async fn delete(
    SignedInWriter(owner): SignedInWriter,
    state: web::Data<AppState>,
    name: web::Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let (kind, key) = name.into_inner();
    let id = operations::record_id(owner, &kind, &key)?;
    operations::delete(&state, &id, request.headers()).await
}
