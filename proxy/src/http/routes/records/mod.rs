//! `/api/records`: what belongs to the signed-in user. Who that is comes from the session alone.

pub(crate) mod conditions;
pub(crate) mod operations;

use actix_web::{HttpRequest, HttpResponse, web};
use api_types::{Record, RecordPage};
use serde_json::Value;

use crate::http::extract::body::JsonValue;
use crate::http::extract::records::{OwnRecord, OwnWritableRecord};
use crate::http::extract::signed_in::SignedInReader;
use crate::http::openapi::parameters::{OnlyAbsent, RecordPath};
use crate::http::openapi::responses::{
    Forbidden, Internal, InvalidRequest, NotFound, PreconditionFailed, RateLimited,
};
use crate::http::refusal::Refusal;
use crate::http::state::AppState;
use operations::ListParameters;

/// `GET /api/records`: a page of the user's records, newest first.
#[utoipa::path(
    get,
    path = "/api/records",
    operation_id = "list_records",
    security(("session" = [])),
    params(ListParameters),
    responses(
        (status = 200, description = "A page of records, newest first", body = RecordPage<Value>),
        InvalidRequest,
        Internal,
    )
)]
pub(crate) async fn list(
    SignedInReader(owner): SignedInReader,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let asked = operations::Asked::in_query(request.query_string())?;
    operations::list(&state, owner, asked).await
}

/// `GET /api/records/{kind}/{key}`: one record, with its entity tag.
///
/// # Errors
/// [`Refusal::NotFound`] if the user has none of this name.
#[utoipa::path(
    get,
    path = "/api/records/{kind}/{key}",
    operation_id = "get_record",
    security(("session" = [])),
    params(RecordPath, ("If-None-Match" = Option<String>, Header, description = "`ETag` of what the caller has")),
    responses(
        (status = 200, description = "The record", body = Record<Value>, headers(("ETag" = String, description = "Names this state of the record"))),
        (status = 304, description = "The caller has it", headers(("ETag" = String, description = "Names this state of the record"))),
        InvalidRequest,
        NotFound,
        Internal,
    )
)]
pub(crate) async fn show(
    OwnRecord(id): OwnRecord,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    operations::show(&state, &id, request.headers()).await
}

/// `PUT /api/records/{kind}/{key}`: creates or replaces one record.
///
/// # Errors
/// [`Refusal::NotSignedIn`] if the user was erased since the session began: a new login begins anew.
/// [`Refusal::PreconditionFailed`] if the record is not as the request expects.
#[utoipa::path(
    put,
    path = "/api/records/{kind}/{key}",
    operation_id = "put_record",
    security(("session" = [])),
    params(RecordPath, ("If-Match" = Option<String>, Header, description = "Write only over this state: one tag as `ETag` gave it, or `*` for any", pattern = r#"^(\*|(W/)?"[^"]*")$"#, example = "*"), ("If-None-Match" = inline(Option<OnlyAbsent>), Header, description = "Write only where there is none")),
    request_body(content = Value, description = "Any JSON, at most 16 KiB, at most 64 levels deep, without half surrogate pairs", content_type = "application/json"),
    responses(
        (status = 200, description = "Replaced", body = Record<Value>, headers(("ETag" = String, description = "Names this state of the record"))),
        (status = 201, description = "Created", body = Record<Value>, headers(("ETag" = String, description = "Names this state of the record"))),
        Forbidden,
        PreconditionFailed,
        RateLimited,
        Internal,
    )
)]
pub(crate) async fn put(
    OwnWritableRecord(id): OwnWritableRecord,
    state: web::Data<AppState>,
    request: HttpRequest,
    JsonValue(value): JsonValue,
) -> Result<HttpResponse, Refusal> {
    let expected = conditions::precondition(request.headers())?;
    // A stolen session, or a page gone wild, must not keep the database busy.
    state.writes_of_users.take(&id.owner)?;
    let response = operations::put(&state, &id, expected, value).await?;
    response.ok_or(Refusal::NotSignedIn)
}

/// `DELETE /api/records/{kind}/{key}`: deletes one record.
///
/// # Errors
/// [`Refusal::NotFound`] if there is none, [`Refusal::PreconditionFailed`] if it is not as the request expects.
#[utoipa::path(
    delete,
    path = "/api/records/{kind}/{key}",
    operation_id = "delete_record",
    security(("session" = [])),
    params(RecordPath, ("If-Match" = Option<String>, Header, description = "Delete only this state: one tag as `ETag` gave it, or `*` for any", pattern = r#"^(\*|(W/)?"[^"]*")$"#, example = "*")),
    responses(
        (status = 204, description = "Deleted"),
        InvalidRequest,
        Forbidden,
        NotFound,
        PreconditionFailed,
        RateLimited,
        Internal,
    )
)]
pub(crate) async fn delete(
    OwnWritableRecord(id): OwnWritableRecord,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let expected = conditions::precondition_of_deletion(request.headers())?;
    state.writes_of_users.take(&id.owner)?;
    operations::delete(&state, &id, expected).await
}
