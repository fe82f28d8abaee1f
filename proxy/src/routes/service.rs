//! `/service/accounts/{account}/users/{openid}`: for the backends of the company, which know openids.

use actix_web::{HttpRequest, HttpResponse, web};
use api_types::{Erased, IdentityNote, Record, RecordPage};
use serde_json::Value;

use super::records::operations::ListParameters;
use super::records::{conditions, operations};
use crate::app::AppState;
use crate::body;
use crate::config::Account;
use crate::error::ApiError;
use crate::openapi::parameters::{OnlyAbsent, UserPath, UserRecordPath};
use crate::openapi::refusals::{
    Internal, InvalidRequest, NoServiceKey, NotFound, NotJson, PreconditionFailed, TooLong,
};
use crate::users::NamedAccount;
use login_store::{KnownIdentity, NotedIdentity, Owner};
use wechat_oauth::{OpenId, UnionId};

type User = web::Path<UserPath>;
type RecordOfUser = web::Path<UserRecordPath>;

/// `GET …/users/{openid}`: what is known about a user.
///
/// # Errors
/// [`ApiError::UnknownUser`] if nobody of this openid was ever seen, others for a malformed request.
#[utoipa::path(
    get,
    path = "/service/accounts/{account}/users/{openid}",
    operation_id = "service_get_user",
    tag = "service",
    security(("service_key" = [])),
    params(UserPath),
    responses(
        (status = 200, description = "What is known about the user", body = api_types::Identity),
        InvalidRequest,
        NoServiceKey,
        NotFound,
        Internal,
    )
)]
pub async fn show_user(state: web::Data<AppState>, user: User) -> Result<HttpResponse, ApiError> {
    let UserPath {
        account: name,
        openid,
    } = user.into_inner();
    let (account, openid) = named(&state, &name, &openid)?;
    let owner = account.owner(&*state.store, openid).await?;
    let known = state
        .store
        .find_identity(&owner.appid, &owner.openid)
        .await?;
    Ok(HttpResponse::Ok().json(on_the_wire(account, known.ok_or(ApiError::UnknownUser)?)))
}

/// `PUT …/users/{openid}`: notes a user, who may never have logged in, and what the backend knows about one.
///
/// # Errors
/// [`ApiError`] for a malformed request.
#[utoipa::path(
    put,
    path = "/service/accounts/{account}/users/{openid}",
    operation_id = "service_put_user",
    tag = "service",
    security(("service_key" = [])),
    params(UserPath),
    request_body(content = IdentityNote, description = "At most 4 KiB"),
    responses(
        (status = 200, description = "What is known now about the user", body = api_types::Identity),
        InvalidRequest,
        NoServiceKey,
        NotFound,
        TooLong,
        NotJson,
        Internal,
    )
)]
pub async fn note_user(
    state: web::Data<AppState>,
    user: User,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let UserPath {
        account: name,
        openid,
    } = user.into_inner();
    let (account, openid) = named(&state, &name, &openid)?;
    let note: IdentityNote = body::object(&request, body).await?;
    let unionid = note.unionid.as_deref().map(UnionId::parse).transpose();
    let unionid = unionid.map_err(|_| ApiError::MalformedUser)?;
    let owner = account.owner(&*state.store, openid).await?;
    let known = note_owner(&state, account.account, owner, unionid).await?;
    Ok(HttpResponse::Ok().json(on_the_wire(account, known)))
}

/// `DELETE …/users/{openid}`: erases a user and all records bound to the user.
///
/// # Errors
/// [`ApiError::UnknownUser`] if nobody of this openid was ever seen, others for a malformed request.
#[utoipa::path(
    delete,
    path = "/service/accounts/{account}/users/{openid}",
    operation_id = "service_erase_user",
    tag = "service",
    security(("service_key" = [])),
    params(UserPath),
    responses(
        (status = 200, description = "The user and all records bound to the user are gone", body = Erased),
        InvalidRequest,
        NoServiceKey,
        NotFound,
        Internal,
    )
)]
pub async fn erase_user(state: web::Data<AppState>, user: User) -> Result<HttpResponse, ApiError> {
    let UserPath {
        account: name,
        openid,
    } = user.into_inner();
    let (account, openid) = named(&state, &name, &openid)?;
    let erased_records = account.erase(&*state.store, &openid).await?;
    let erased_records = erased_records.ok_or(ApiError::UnknownUser)?;
    Ok(HttpResponse::Ok().json(Erased { erased_records }))
}

/// `GET …/users/{openid}/records`: as `GET /api/records`. Empty for somebody never seen.
///
/// # Errors
/// [`ApiError`] for a malformed request.
#[utoipa::path(
    get,
    path = "/service/accounts/{account}/users/{openid}/records",
    operation_id = "service_list_records",
    tag = "service",
    security(("service_key" = [])),
    params(UserPath, ListParameters),
    responses(
        (status = 200, description = "A page of records, newest first", body = RecordPage<Value>),
        InvalidRequest,
        NoServiceKey,
        NotFound,
        Internal,
    )
)]
pub async fn list_records(
    state: web::Data<AppState>,
    user: User,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let UserPath {
        account: name,
        openid,
    } = user.into_inner();
    let (account, openid) = named(&state, &name, &openid)?;
    let asked = operations::Asked::in_query(request.query_string())?;
    let owner = account.owner(&*state.store, openid).await?;
    operations::list(&state, Some(owner), asked).await
}

/// `GET …/users/{openid}/records/{kind}/{key}`: one record, with its entity tag.
///
/// # Errors
/// [`ApiError::NotFound`] if there is none, others for a malformed request.
#[utoipa::path(
    get,
    path = "/service/accounts/{account}/users/{openid}/records/{kind}/{key}",
    operation_id = "service_get_record",
    tag = "service",
    security(("service_key" = [])),
    params(UserRecordPath, ("If-None-Match" = Option<String>, Header, description = "`ETag` of what the caller has")),
    responses(
        (status = 200, description = "The record", body = Record<Value>, headers(("ETag" = String, description = "Names this state of the record"))),
        (status = 304, description = "The caller has it", headers(("ETag" = String, description = "Names this state of the record"))),
        InvalidRequest,
        NoServiceKey,
        NotFound,
        Internal,
    )
)]
pub async fn show_record(
    state: web::Data<AppState>,
    record: RecordOfUser,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let UserRecordPath {
        account: name,
        openid,
        kind,
        key,
    } = record.into_inner();
    let (account, openid) = named(&state, &name, &openid)?;
    let record = operations::record_name(&kind, &key)?;
    let id = record.of(account.owner(&*state.store, openid).await?);
    operations::show(&state, &id, request.headers()).await
}

/// `PUT …/users/{openid}/records/{kind}/{key}`: a user never seen is noted first, for a purchase can come before the
/// first login.
///
/// # Errors
/// [`ApiError::PreconditionFailed`] if the record is not as the request expects, others for a malformed request.
#[utoipa::path(
    put,
    path = "/service/accounts/{account}/users/{openid}/records/{kind}/{key}",
    operation_id = "service_put_record",
    tag = "service",
    security(("service_key" = [])),
    params(UserRecordPath, ("If-Match" = Option<String>, Header, description = "Write only over this state: one tag as `ETag` gave it, or `*` for any", pattern = r#"^(\*|(W/)?"[^"]*")$"#, example = "*"), ("If-None-Match" = inline(Option<OnlyAbsent>), Header, description = "Write only where there is none")),
    request_body(content = Value, description = "Any JSON, at most 16 KiB, at most 64 levels deep, without half surrogate pairs", content_type = "application/json"),
    responses(
        (status = 200, description = "Replaced", body = Record<Value>, headers(("ETag" = String, description = "Names this state of the record"))),
        (status = 201, description = "Created", body = Record<Value>, headers(("ETag" = String, description = "Names this state of the record"))),
        InvalidRequest,
        NoServiceKey,
        NotFound,
        PreconditionFailed,
        TooLong,
        NotJson,
        Internal,
    )
)]
pub async fn put_record(
    state: web::Data<AppState>,
    record: RecordOfUser,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let UserRecordPath {
        account: name,
        openid,
        kind,
        key,
    } = record.into_inner();
    let (account, openid) = named(&state, &name, &openid)?;
    let record = operations::record_name(&kind, &key)?;
    let value = body::record_value(&request, body).await?;
    let expected = conditions::precondition(request.headers())?;
    let id = record.of(account.owner(&*state.store, openid).await?);
    if let Some(answer) = operations::put(&state, &id, expected, value.clone()).await? {
        return Ok(answer);
    }
    note_owner(&state, account.account, id.owner.clone(), None).await?;
    let answer = operations::put(&state, &id, expected, value).await?;
    // Noted a moment ago; only an erasure in between makes this fail, and repeating the request mends it.
    answer.ok_or(ApiError::UnknownUser)
}

/// `DELETE …/users/{openid}/records/{kind}/{key}`: deletes one record.
///
/// # Errors
/// [`ApiError::NotFound`] if there is none, [`ApiError::PreconditionFailed`] if it is not as the request expects.
/// Others for a malformed request.
#[utoipa::path(
    delete,
    path = "/service/accounts/{account}/users/{openid}/records/{kind}/{key}",
    operation_id = "service_delete_record",
    tag = "service",
    security(("service_key" = [])),
    params(UserRecordPath, ("If-Match" = Option<String>, Header, description = "Delete only this state: one tag as `ETag` gave it, or `*` for any", pattern = r#"^(\*|(W/)?"[^"]*")$"#, example = "*")),
    responses(
        (status = 204, description = "Deleted"),
        InvalidRequest,
        NoServiceKey,
        NotFound,
        PreconditionFailed,
        Internal,
    )
)]
pub async fn delete_record(
    state: web::Data<AppState>,
    record: RecordOfUser,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let UserRecordPath {
        account: name,
        openid,
        kind,
        key,
    } = record.into_inner();
    let (account, openid) = named(&state, &name, &openid)?;
    let record = operations::record_name(&kind, &key)?;
    let expected = conditions::precondition_of_deletion(request.headers())?;
    let id = record.of(account.owner(&*state.store, openid).await?);
    operations::delete(&state, &id, expected).await
}

/// Which account, and whom of it, before the database is asked about either.
fn named<'a>(
    state: &'a AppState,
    account: &str,
    openid: &str,
) -> Result<(NamedAccount<'a>, OpenId), ApiError> {
    let account = NamedAccount::find(&state.config, account);
    let account = account.ok_or(ApiError::UnknownServiceAccount)?;
    let openid = OpenId::parse(openid).map_err(|_| ApiError::MalformedUser)?;
    Ok((account, openid))
}

async fn note_owner(
    state: &AppState,
    account: &Account,
    owner: Owner,
    unionid: Option<UnionId>,
) -> Result<KnownIdentity, ApiError> {
    let noted = NotedIdentity {
        owner,
        platform: account.platform.clone(),
        unionid,
        noted_at: state.clock.now(),
    };
    Ok(state.store.note_identity(&noted).await?)
}

fn on_the_wire(account: NamedAccount<'_>, known: KnownIdentity) -> api_types::Identity {
    api_types::Identity {
        account: account.name.to_owned(),
        appid: known.appid.to_string(),
        openid: known.openid.expose().to_owned(),
        platform: known.platform,
        unionid: known.unionid.map(|unionid| unionid.expose().to_owned()),
        scope: known.scope,
        profile: known.profile,
        first_seen: known.first_seen,
        last_seen: known.last_seen,
    }
}
