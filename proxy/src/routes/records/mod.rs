//! `/api/records`: what belongs to the signed-in user. Who that is comes from the session alone.

mod caller;
pub(crate) mod conditions;
pub(crate) mod operations;

use actix_web::{HttpRequest, HttpResponse, web};
use api_types::{Record, RecordPage};
use serde_json::Value;

pub use caller::{SignedInReader, SignedInWriter};

use crate::app::AppState;
use crate::body;
use crate::error::ApiError;
use crate::limits::counted;
use crate::openapi::parameters::{OnlyAbsent, RecordPath};
use crate::openapi::refusals::{
    Forbidden, Internal, InvalidRequest, NotFound, NotJson, NotSignedIn, PreconditionFailed,
    RateLimited, TooLong,
};
use login_store::RecordId;
use operations::ListParameters;

/// `GET /api/records`: a page of the user's records, newest first.
///
/// # Errors
/// [`ApiError`] for a malformed query or cursor.
#[utoipa::path(
    get,
    path = "/api/records",
    operation_id = "list_records",
    tag = "app",
    security(("session" = [])),
    params(ListParameters),
    responses(
        (status = 200, description = "A page of records, newest first", body = RecordPage<Value>),
        InvalidRequest,
        NotSignedIn,
        Internal,
    )
)]
pub async fn list(
    SignedInReader(owner): SignedInReader,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let asked = operations::Asked::in_query(request.query_string())?;
    operations::list(&state, owner, asked).await
}

/// `GET /api/records/{kind}/{key}`: one record, with its entity tag.
///
/// # Errors
/// [`ApiError::NotFound`] if the user has none of this name, others for a malformed request.
#[utoipa::path(
    get,
    path = "/api/records/{kind}/{key}",
    operation_id = "get_record",
    tag = "app",
    security(("session" = [])),
    params(RecordPath, ("If-None-Match" = Option<String>, Header, description = "`ETag` of what the caller has")),
    responses(
        (status = 200, description = "The record", body = Record<Value>, headers(("ETag" = String, description = "Names this state of the record"))),
        (status = 304, description = "The caller has it", headers(("ETag" = String, description = "Names this state of the record"))),
        InvalidRequest,
        NotSignedIn,
        NotFound,
        Internal,
    )
)]
pub async fn show(
    SignedInReader(owner): SignedInReader,
    state: web::Data<AppState>,
    name: web::Path<RecordPath>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let RecordPath { kind, key } = name.into_inner();
    let name = operations::record_name(&kind, &key)?;
    let id = name.of(owner.ok_or(ApiError::NotFound)?);
    operations::show(&state, &id, request.headers()).await
}

/// `PUT /api/records/{kind}/{key}`: creates or replaces one record.
///
/// # Errors
/// [`ApiError::NotSignedIn`] if the user was erased since the session began: a new login begins anew.
/// [`ApiError::PreconditionFailed`] if the record is not as the request expects. Others for a malformed request.
#[utoipa::path(
    put,
    path = "/api/records/{kind}/{key}",
    operation_id = "put_record",
    tag = "app",
    security(("session" = [])),
    params(RecordPath, ("If-Match" = Option<String>, Header, description = "Write only over this state: one tag as `ETag` gave it, or `*` for any", pattern = r#"^(\*|(W/)?"[^"]*")$"#, example = "*"), ("If-None-Match" = inline(Option<OnlyAbsent>), Header, description = "Write only where there is none")),
    request_body(content = Value, description = "Any JSON, at most 16 KiB, at most 64 levels deep, without half surrogate pairs", content_type = "application/json"),
    responses(
        (status = 200, description = "Replaced", body = Record<Value>, headers(("ETag" = String, description = "Names this state of the record"))),
        (status = 201, description = "Created", body = Record<Value>, headers(("ETag" = String, description = "Names this state of the record"))),
        InvalidRequest,
        NotSignedIn,
        Forbidden,
        PreconditionFailed,
        TooLong,
        NotJson,
        RateLimited,
        Internal,
    )
)]
pub async fn put(
    SignedInWriter(owner): SignedInWriter,
    state: web::Data<AppState>,
    name: web::Path<RecordPath>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let RecordPath { kind, key } = name.into_inner();
    let id = operations::record_name(&kind, &key)?.of(owner);
    refuse_kind_of_backends(&state, &id)?;
    let value = body::record_value(&request, body).await?;
    let expected = conditions::precondition(request.headers())?;
    counted::write(&state, &id.owner)?;
    let answer = operations::put(&state, &id, expected, value).await?;
    answer.ok_or(ApiError::NotSignedIn)
}

/// `DELETE /api/records/{kind}/{key}`: deletes one record.
///
/// # Errors
/// [`ApiError::NotFound`] if there is none, [`ApiError::PreconditionFailed`] if it is not as the request expects.
/// Others for a malformed request.
#[utoipa::path(
    delete,
    path = "/api/records/{kind}/{key}",
    operation_id = "delete_record",
    tag = "app",
    security(("session" = [])),
    params(RecordPath, ("If-Match" = Option<String>, Header, description = "Delete only this state: one tag as `ETag` gave it, or `*` for any", pattern = r#"^(\*|(W/)?"[^"]*")$"#, example = "*")),
    responses(
        (status = 204, description = "Deleted"),
        InvalidRequest,
        NotSignedIn,
        Forbidden,
        NotFound,
        PreconditionFailed,
        RateLimited,
        Internal,
    )
)]
pub async fn delete(
    SignedInWriter(owner): SignedInWriter,
    state: web::Data<AppState>,
    name: web::Path<RecordPath>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let RecordPath { kind, key } = name.into_inner();
    let id = operations::record_name(&kind, &key)?.of(owner);
    refuse_kind_of_backends(&state, &id)?;
    let expected = conditions::precondition_of_deletion(request.headers())?;
    counted::write(&state, &id.owner)?;
    operations::delete(&state, &id, expected).await
}

/// What a backend wrote is the company's word: a user who could change it could pay by editing an order.
fn refuse_kind_of_backends(state: &AppState, id: &RecordId) -> Result<(), ApiError> {
    if state.config.backend_kinds.contains(&id.kind) {
        return Err(ApiError::KindOfBackends);
    }
    Ok(())
}
