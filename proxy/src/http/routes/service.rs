//! `/service/accounts/{account}/users/{openid}`: for the backends of the company, which know openids.

use actix_web::{HttpRequest, HttpResponse, web};
use api_types::{CurrentIdentity, Erased, IdentityNote, Record, RecordPage};
use serde_json::Value;

use super::records::operations::ListParameters;
use super::records::{conditions, operations};
use crate::http::extract::body::{JsonObject, JsonValue};
use crate::http::extract::records::RecordOfUser;
use crate::http::extract::users::UserInPath;
use crate::http::openapi::parameters::{OnlyAbsent, RecordPath, UserPath};
use crate::http::openapi::responses::PreconditionFailed;
use crate::http::refusal::Refusal;
use crate::http::state::AppState;
use crate::login::users::NamedAccount;
use login_store::{KnownIdentity, NotedIdentity, Owner};
use wechat_oauth::UnionId;

/// `GET …/users/{openid}`: what is known about a user.
///
/// # Errors
/// [`Refusal::UnknownUser`] if nobody of this openid was ever seen.
#[utoipa::path(
    get,
    path = "/service/accounts/{account}/users/{openid}",
    operation_id = "service_get_user",
    params(UserPath),
    responses(
        (status = 200, description = "What is known about the user", body = CurrentIdentity),
    )
)]
pub(crate) async fn show_user(
    user: UserInPath,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Refusal> {
    let UserInPath { account, openid } = user;
    let owner = account.owner(&*state.store, openid).await?;
    let find = async || {
        let known = state.store.find_identity(&owner.appid, &owner.openid);
        known.await?.ok_or(Refusal::UnknownUser)
    };
    let mut known = find().await?;
    let subscribe = state.follow.ask(&account.name, &owner).await;
    if subscribe == Some(true) && known.unionid.is_none() {
        // WeChat may just have told it.
        known = find().await?;
    }
    let identity = on_the_wire(account.name, known);
    Ok(HttpResponse::Ok().json(CurrentIdentity {
        identity,
        subscribe,
    }))
}

/// `PUT …/users/{openid}`: notes a user, who may never have logged in, and what the backend knows about one.
#[utoipa::path(
    put,
    path = "/service/accounts/{account}/users/{openid}",
    operation_id = "service_put_user",
    params(UserPath),
    request_body(content = IdentityNote, description = "At most 4 KiB"),
    responses(
        (status = 200, description = "What is known now about the user", body = api_types::Identity),
    )
)]
pub(crate) async fn note_user(
    user: UserInPath,
    state: web::Data<AppState>,
    JsonObject(note): JsonObject<IdentityNote>,
) -> Result<HttpResponse, Refusal> {
    let UserInPath { account, openid } = user;
    let unionid = note.unionid.as_deref().map(UnionId::parse).transpose();
    let unionid = unionid.map_err(|_| Refusal::MalformedUser)?;
    let owner = account.owner(&*state.store, openid).await?;
    let known = note_owner(&state, &account, owner, unionid).await?;
    Ok(HttpResponse::Ok().json(on_the_wire(account.name, known)))
}

/// `DELETE …/users/{openid}`: erases a user and all records bound to the user.
///
/// # Errors
/// [`Refusal::UnknownUser`] if nobody of this openid was ever seen.
#[utoipa::path(
    delete,
    path = "/service/accounts/{account}/users/{openid}",
    operation_id = "service_erase_user",
    params(UserPath),
    responses(
        (status = 200, description = "The user and all records bound to the user are gone", body = Erased),
    )
)]
pub(crate) async fn erase_user(
    user: UserInPath,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Refusal> {
    let erased_records = user.account.erase(&*state.store, &user.openid).await?;
    let erased_records = erased_records.ok_or(Refusal::UnknownUser)?;
    Ok(HttpResponse::Ok().json(Erased { erased_records }))
}

/// `GET …/users/{openid}/records`: as `GET /api/records`. Empty for somebody never seen.
#[utoipa::path(
    get,
    path = "/service/accounts/{account}/users/{openid}/records",
    operation_id = "service_list_records",
    params(UserPath, ListParameters),
    responses(
        (status = 200, description = "A page of records, newest first", body = RecordPage<Value>),
    )
)]
pub(crate) async fn list_records(
    user: UserInPath,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let asked = operations::Asked::in_query(request.query_string())?;
    let owner = user.account.owner(&*state.store, user.openid).await?;
    operations::list(&state, Some(owner), asked).await
}

/// `GET …/users/{openid}/records/{kind}/{key}`: one record, with its entity tag.
///
/// # Errors
/// [`Refusal::NotFound`] if there is none.
#[utoipa::path(
    get,
    path = "/service/accounts/{account}/users/{openid}/records/{kind}/{key}",
    operation_id = "service_get_record",
    params(UserPath, RecordPath, ("If-None-Match" = Option<String>, Header, description = "`ETag` of what the caller has")),
    responses(
        (status = 200, description = "The record", body = Record<Value>, headers(("ETag" = String, description = "Names this state of the record"))),
        (status = 304, description = "The caller has it", headers(("ETag" = String, description = "Names this state of the record"))),
    )
)]
pub(crate) async fn show_record(
    RecordOfUser { user, name }: RecordOfUser,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let id = name.of(user.account.owner(&*state.store, user.openid).await?);
    operations::show(&state, &id, request.headers()).await
}

/// `PUT …/users/{openid}/records/{kind}/{key}`: creates or replaces one record. A user never seen is noted first, for a
/// purchase can come before the first login.
///
/// # Errors
/// [`Refusal::PreconditionFailed`] if the record is not as the request expects.
#[utoipa::path(
    put,
    path = "/service/accounts/{account}/users/{openid}/records/{kind}/{key}",
    operation_id = "service_put_record",
    params(UserPath, RecordPath, ("If-Match" = Option<String>, Header, description = "Write only over this state: one tag as `ETag` gave it, or `*` for any", pattern = r#"^(\*|(W/)?"[^"]*")$"#, example = "*"), ("If-None-Match" = inline(Option<OnlyAbsent>), Header, description = "Write only where there is none")),
    request_body(content = Value, description = "Any JSON, at most 16 KiB, at most 64 levels deep, without half surrogate pairs", content_type = "application/json"),
    responses(
        (status = 200, description = "Replaced", body = Record<Value>, headers(("ETag" = String, description = "Names this state of the record"))),
        (status = 201, description = "Created", body = Record<Value>, headers(("ETag" = String, description = "Names this state of the record"))),
        PreconditionFailed,
    )
)]
pub(crate) async fn put_record(
    RecordOfUser { user, name }: RecordOfUser,
    state: web::Data<AppState>,
    request: HttpRequest,
    JsonValue(value): JsonValue,
) -> Result<HttpResponse, Refusal> {
    let expected = conditions::precondition(request.headers())?;
    let id = name.of(user.account.owner(&*state.store, user.openid).await?);
    // Noted first, or once more where somebody erases the user in between.
    for _ in 0..ATTEMPTS {
        if let Some(response) = operations::put(&state, &id, expected, value.clone()).await? {
            return Ok(response);
        }
        note_owner(&state, &user.account, id.owner.clone(), None).await?;
    }
    Err(Refusal::busy("the user was erased again and again"))
}

/// How often a user is erased at the same moment and still written for.
const ATTEMPTS: u32 = 10;

/// `DELETE …/users/{openid}/records/{kind}/{key}`: deletes one record.
///
/// # Errors
/// [`Refusal::NotFound`] if there is none, [`Refusal::PreconditionFailed`] if it is not as the request expects.
#[utoipa::path(
    delete,
    path = "/service/accounts/{account}/users/{openid}/records/{kind}/{key}",
    operation_id = "service_delete_record",
    params(UserPath, RecordPath, ("If-Match" = Option<String>, Header, description = "Delete only this state: one tag as `ETag` gave it, or `*` for any", pattern = r#"^(\*|(W/)?"[^"]*")$"#, example = "*")),
    responses(
        (status = 204, description = "Deleted"),
        PreconditionFailed,
    )
)]
pub(crate) async fn delete_record(
    RecordOfUser { user, name }: RecordOfUser,
    state: web::Data<AppState>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let expected = conditions::precondition_of_deletion(request.headers())?;
    let id = name.of(user.account.owner(&*state.store, user.openid).await?);
    operations::delete(&state, &id, expected).await
}

async fn note_owner(
    state: &AppState,
    account: &NamedAccount,
    owner: Owner,
    unionid: Option<UnionId>,
) -> Result<KnownIdentity, Refusal> {
    let noted = NotedIdentity {
        owner,
        platform: account.platform.clone(),
        unionid,
        noted_at: state.clock.now(),
    };
    Ok(state.store.note_identity(&noted).await?)
}

pub(super) fn on_the_wire(account: String, known: KnownIdentity) -> api_types::Identity {
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
