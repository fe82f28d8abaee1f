//! `/service/platforms/{platform}/users/{unionid}` and `/service/accounts/{account}/users`: for the backends of the
//! company, which look for users.

use actix_web::{HttpResponse, web};
use api_types::{Users, UsersPage};
use serde::Deserialize;
use utoipa::IntoParams;

use super::records::operations::checked_limit;
use super::service::on_the_wire;
use crate::http::extract::users::{AccountInPath, PersonInPath};
use crate::http::openapi::parameters::{AccountPath, PersonPath};
use crate::http::refusal::Refusal;
use crate::http::state::AppState;
use login_store::{KnownIdentity, Owner};

/// The query of a list of users, not yet checked.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UsersParameters {
    /// `next_cursor` of the page before, of the same list.
    #[param(min_length = 1, max_length = 1024)]
    cursor: Option<String>,
    /// How many users, 20 without it.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// `GET …/users/{unionid}`: everybody who has a unionid, under whatever account or application. Nobody is no error.
#[utoipa::path(
    get,
    path = "/service/platforms/{platform}/users/{unionid}",
    operation_id = "service_find_users",
    params(PersonPath),
    responses(
        (status = 200, description = "Everybody who has this unionid, as known at this moment", body = Users),
    )
)]
pub(crate) async fn find_users(
    person: PersonInPath,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Refusal> {
    let PersonInPath { platform, unionid } = person;
    let found = state.store.identities_of_person(&platform, &unionid).await;
    let named = |known: KnownIdentity| {
        let account = state.config.account_name(&known.appid);
        let account = account.unwrap_or(known.appid.as_str()).to_owned();
        on_the_wire(account, known)
    };
    let users = found?.into_iter().map(named).collect();
    Ok(HttpResponse::Ok().json(Users { users }))
}

/// `GET …/users`: the users of an account and its applications, or of one of its appids.
#[utoipa::path(
    get,
    path = "/service/accounts/{account}/users",
    operation_id = "service_list_users",
    params(AccountPath, UsersParameters),
    responses(
        (status = 200, description = "A page of users, by appid and openid", body = UsersPage),
    )
)]
pub(crate) async fn list_users(
    AccountInPath(account): AccountInPath,
    state: web::Data<AppState>,
    query: Result<web::Query<UsersParameters>, actix_web::Error>,
) -> Result<HttpResponse, Refusal> {
    let UsersParameters { cursor, limit } = query.map_err(|_| Refusal::MalformedQuery)?.0;
    let limit = checked_limit(limit)?;
    let list = account.asked();
    let after = cursor.map(|cursor| state.cursors.open_user(list, &cursor));
    let after = after.transpose().map_err(|_| Refusal::MalformedCursor)?;

    let mut appids: Vec<_> = account.appids().map(|it| (it.as_str(), it)).collect();
    appids.sort_unstable_by_key(|(text, _)| *text);
    let after = after.as_ref().map(|it| (it.appid.as_str(), &it.openid));
    let mut found: Vec<KnownIdentity> = Vec::new();
    for (text, appid) in appids {
        let openid = match after {
            Some((last, _)) if text < last => continue,
            Some((last, openid)) if text == last => Some(openid),
            _ => None,
        };
        // One more, which tells whether there is another page.
        let have = u32::try_from(found.len()).unwrap_or(limit);
        let missing = limit.saturating_add(1).saturating_sub(have);
        if missing > 0 {
            let users = state.store.slice_of_users(appid, openid, missing).await?;
            found.extend(users);
        }
    }
    let length = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = found.len() > length;
    found.truncate(length);
    let next = found.last().filter(|_| has_more).map(|last| Owner {
        appid: last.appid.clone(),
        openid: last.openid.clone(),
    });
    let next_cursor = next.map(|next| state.cursors.seal_user(list, &next));
    let users = found.into_iter();
    let users = users.map(|known| on_the_wire(account.name.clone(), known));
    Ok(HttpResponse::Ok().json(UsersPage {
        users: users.collect(),
        next_cursor: next_cursor.transpose().map_err(Refusal::internal)?,
    }))
}
