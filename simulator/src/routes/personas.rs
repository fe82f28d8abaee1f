//! People by program.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use crate::ids;
use crate::platform::{Account, Person, Platform};
use crate::shared::SharedPlatform;

use super::json_body;

/// `GET /_simulator/personas`: everybody, in the order of the page.
pub(crate) async fn all(platform: web::Data<SharedPlatform>) -> HttpResponse {
    let platform = platform.lock();
    let everybody: Vec<&Person> = platform.people().iter().collect();
    HttpResponse::Ok().json(everybody)
}

/// `GET /_simulator/personas/{id}`.
pub(crate) async fn one(
    id: web::Path<String>,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let platform = platform.lock();
    match platform.people().get(&id) {
        Some(person) => HttpResponse::Ok().json(person),
        None => unknown(&platform),
    }
}

/// `GET /_simulator/personas/{id}/ids`: who somebody is under each account, by appid; what a backend learns from
/// payments or the list of followers.
pub(crate) async fn ids(
    id: web::Path<String>,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let platform = platform.lock();
    let Some(person) = platform.people().get(&id) else {
        return unknown(&platform);
    };
    let under = |account: &Account| {
        let openid = ids::openid_of(person, &account.appid);
        let open_platform = account.open_platform.as_ref().filter(|_| person.unionid);
        let unionid = open_platform.and_then(|platform| ids::unionid_of(person, platform));
        let ids = json!({ "openid": openid, "unionid": unionid });
        (account.appid.clone(), ids)
    };
    let by_appid: serde_json::Map<String, Value> = platform.accounts().iter().map(under).collect();
    HttpResponse::Ok().json(by_appid)
}

/// `PUT /_simulator/personas/{id}`: introduces somebody (201) or replaces the person of that id (200). The body is
/// what `GET` answers; fields left out get their default, and `id` may be left to the address.
pub(crate) async fn put(
    id: web::Path<String>,
    request: HttpRequest,
    body: web::Bytes,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let mut fields: serde_json::Map<String, Value> = match json_body::read(&request, &body) {
        Ok(fields) => fields,
        Err(refused) => return *refused,
    };
    let id = id.into_inner();
    let refuse = |error: &str, fix: &str| json_body::refuse(StatusCode::BAD_REQUEST, error, fix);
    let sent = fields.entry("id").or_insert_with(|| json!(id));
    if sent != &json!(id) {
        return refuse(
            "the id in the body is not the one in the address",
            "leave it out of the body",
        );
    }
    let person: Person = match serde_json::from_value(Value::Object(fields)) {
        Ok(person) => person,
        Err(error) => {
            let fix = "compare the names and values of the fields with GET /_simulator/personas";
            return refuse(&error.to_string(), fix);
        }
    };
    let mut platform = platform.lock();
    match platform.put_person(person) {
        Err(problems) => HttpResponse::BadRequest().json(json!({
            "error": "this person cannot be taken",
            "fix": "each problem says what to do",
            "problems": problems.0,
        })),
        Ok(is_new) => {
            let status = if is_new {
                StatusCode::CREATED
            } else {
                StatusCode::OK
            };
            match platform.people().get(&id) {
                Some(person) => HttpResponse::build(status).json(person),
                None => unknown(&platform),
            }
        }
    }
}

/// Nobody of that id, but these.
pub(super) fn unknown(platform: &Platform) -> HttpResponse {
    let known: Vec<&str> = platform.people().iter().map(|person| &*person.id).collect();
    HttpResponse::NotFound().json(json!({
        "error": "no such persona",
        "fix": "use an id of the list, or introduce somebody with PUT /_simulator/personas/{id}",
        "known": known,
    }))
}
