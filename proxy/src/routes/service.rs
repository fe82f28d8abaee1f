//! `/service/accounts/{account}/users/{openid}`: for the backends of the company, which know openids.

use actix_web::{HttpRequest, HttpResponse, web};
use api_types::{Erased, IdentityNote};
use serde_json::{Map, Value};

use super::records::{RecordBody, operations};
use crate::app::AppState;
use crate::config::Account;
use crate::error::ApiError;
use crate::service_key::Service;
use crate::store::{Identity, NotedIdentity, Owner};
use crate::wechat::{OpenId, UnionId};

type User = web::Path<(String, String)>;
type RecordOfUser = web::Path<(String, String, String, String)>;

/// `GET …/users/{openid}`: what is known about a user.
///
/// # Errors
/// [`ApiError::UnknownUser`] if nobody of this openid was ever seen, others for a malformed request.
pub async fn show_user(
    _: Service,
    state: web::Data<AppState>,
    user: User,
) -> Result<HttpResponse, ApiError> {
    let (name, openid) = user.into_inner();
    let (_, owner) = find(&state, &name, &openid)?;
    let known = state
        .store
        .find_identity(&owner.appid, &owner.openid)
        .await?;
    Ok(HttpResponse::Ok().json(on_the_wire(name, known.ok_or(ApiError::UnknownUser)?)))
}

/// `PUT …/users/{openid}`: notes a user, who may never have logged in, and what the backend knows about one.
///
/// # Errors
/// [`ApiError`] for a malformed request.
pub async fn note_user(
    _: Service,
    state: web::Data<AppState>,
    user: User,
    // An object and nothing else: serde would take a list of the values, too.
    note: web::Json<Map<String, Value>>,
) -> Result<HttpResponse, ApiError> {
    let (name, openid) = user.into_inner();
    let (account, owner) = find(&state, &name, &openid)?;
    let note: IdentityNote =
        serde_json::from_value(note.into_inner().into()).map_err(|_| ApiError::MalformedBody)?;
    let unionid = note.unionid.as_deref().map(UnionId::parse).transpose();
    let unionid = unionid.map_err(|_| ApiError::MalformedUser)?;
    let known = note_owner(&state, account, owner, unionid).await?;
    Ok(HttpResponse::Ok().json(on_the_wire(name, known)))
}

/// `DELETE …/users/{openid}`: erases a user and all records bound to the user.
///
/// # Errors
/// [`ApiError::UnknownUser`] if nobody of this openid was ever seen, others for a malformed request.
pub async fn erase_user(
    _: Service,
    state: web::Data<AppState>,
    user: User,
) -> Result<HttpResponse, ApiError> {
    let (name, openid) = user.into_inner();
    let (_, owner) = find(&state, &name, &openid)?;
    let erased_records = state.store.erase(&owner).await?;
    let erased_records = erased_records.ok_or(ApiError::UnknownUser)?;
    Ok(HttpResponse::Ok().json(Erased { erased_records }))
}

/// `GET …/users/{openid}/records`: as `GET /api/records`. Empty for somebody never seen.
///
/// # Errors
/// [`ApiError`] for a malformed request.
pub async fn list_records(
    _: Service,
    state: web::Data<AppState>,
    user: User,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let (name, openid) = user.into_inner();
    let (_, owner) = find(&state, &name, &openid)?;
    operations::list(&state, Some(owner), request.query_string()).await
}

/// `GET …/users/{openid}/records/{kind}/{key}`.
///
/// # Errors
/// [`ApiError::NotFound`] if there is none, others for a malformed request.
pub async fn show_record(
    _: Service,
    state: web::Data<AppState>,
    record: RecordOfUser,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let (name, openid, kind, key) = record.into_inner();
    let (_, owner) = find(&state, &name, &openid)?;
    let id = operations::record_id(owner, &kind, &key)?;
    operations::show(&state, &id, request.headers()).await
}

/// `PUT …/users/{openid}/records/{kind}/{key}`: a user never seen is noted first, for a purchase can come before the
/// first login.
///
/// # Errors
/// [`ApiError::PreconditionFailed`] if the record is not as the request expects, others for a malformed request.
pub async fn put_record(
    _: Service,
    state: web::Data<AppState>,
    record: RecordOfUser,
    request: HttpRequest,
    RecordBody(value): RecordBody,
) -> Result<HttpResponse, ApiError> {
    let (name, openid, kind, key) = record.into_inner();
    let (account, owner) = find(&state, &name, &openid)?;
    let id = operations::record_id(owner, &kind, &key)?;
    let headers = request.headers();
    if let Some(answer) = operations::put(&state, &id, headers, value.clone()).await? {
        return Ok(answer);
    }
    note_owner(&state, account, id.owner.clone(), None).await?;
    let answer = operations::put(&state, &id, headers, value).await?;
    // Noted a moment ago; only an erasure in between makes this fail, and repeating the request mends it.
    answer.ok_or(ApiError::UnknownUser)
}

/// `DELETE …/users/{openid}/records/{kind}/{key}`.
///
/// # Errors
/// [`ApiError::NotFound`] if there is none, [`ApiError::PreconditionFailed`] if it is not as the request expects.
/// Others for a malformed request.
pub async fn delete_record(
    _: Service,
    state: web::Data<AppState>,
    record: RecordOfUser,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let (name, openid, kind, key) = record.into_inner();
    let (_, owner) = find(&state, &name, &openid)?;
    let id = operations::record_id(owner, &kind, &key)?;
    operations::delete(&state, &id, request.headers()).await
}

fn find<'a>(
    state: &'a AppState,
    account: &str,
    openid: &str,
) -> Result<(&'a Account, Owner), ApiError> {
    let account = state.config.account(account);
    let account = account.ok_or(ApiError::UnknownServiceAccount)?;
    let openid = OpenId::parse(openid).map_err(|_| ApiError::MalformedUser)?;
    let appid = account.appid.clone();
    Ok((account, Owner { appid, openid }))
}

async fn note_owner(
    state: &AppState,
    account: &Account,
    owner: Owner,
    unionid: Option<UnionId>,
) -> Result<Identity, ApiError> {
    let noted = NotedIdentity {
        owner,
        platform: account.platform.clone(),
        unionid,
        noted_at: state.clock.now(),
    };
    Ok(state.store.note_identity(&noted).await?)
}

fn on_the_wire(account: String, known: Identity) -> api_types::Identity {
    api_types::Identity {
        account,
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
