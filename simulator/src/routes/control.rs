//! Steering by programs. JSON in and out; a browser on another site cannot send it without CORS, which is not granted.

use std::fmt;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse, ResponseError, Route, web};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::platform::{Account, Fault, Person, Platform, Problems, Settings};
use crate::wechat::looks_like_a_real_secret;

use super::{Shared, get};

/// An answer that says what is wrong and what to do about it.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    body: Value,
}

impl Refusal {
    fn new(status: StatusCode, error: impl ToString, fix: &str) -> Self {
        let body = json!({ "error": error.to_string(), "fix": fix });
        Self { status, body }
    }

    fn bad_request(error: impl ToString, fix: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error, fix)
    }

    fn add(&mut self, name: &str, value: Value) {
        if let Some(fields) = self.body.as_object_mut() {
            fields.insert(name.to_owned(), value);
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.body.fmt(formatter)
    }
}

impl ResponseError for Refusal {
    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status).json(&self.body)
    }
}

type Answer = Result<HttpResponse, Refusal>;

/// `GET`: shows something, also to `HEAD`.
pub(crate) fn show<T: Serialize + 'static>(what: fn(&Platform) -> T) -> Route {
    get().to(move |platform: Shared| ready(HttpResponse::Ok().json(what(&platform.lock()))))
}

/// Does something that needs no word and cannot fail: 204.
pub(crate) fn act(deed: fn(&mut Platform)) -> impl Fn(Shared) -> Ready<HttpResponse> + Clone {
    move |platform: Shared| {
        deed(&mut platform.lock());
        ready(HttpResponse::NoContent().finish())
    }
}

/// A JSON body. 415 unless it calls itself `application/json` (which keeps forms of other sites out), 400 if it is not
/// the expected JSON or holds something that could be a real AppSecret.
pub(crate) struct JsonBody<T>(T);

impl<T: DeserializeOwned> FromRequest for JsonBody<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let content_type = request.headers().get(CONTENT_TYPE);
        let content_type = content_type
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default();
        let is_json = essence.trim().eq_ignore_ascii_case("application/json");
        let body = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            if is_json {
                return Ok(Self(read(&body.await?)?));
            }
            let fix = "send the header Content-Type: application/json";
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            Err(Refusal::new(status, "the body is not declared as JSON", fix).into())
        })
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let value: Value = serde_json::from_slice(body).map_err(|error| {
        Refusal::bad_request(
            format!("the body is not JSON: {error}"),
            "send one JSON object",
        )
    })?;
    if holds_a_real_secret(&value) {
        return Err(Refusal::bad_request(
            "a text in the body has the form of a real AppSecret (32 hexadecimal digits)",
            "never send real credentials to a simulator; simulated secrets look like simulator-secret-a1",
        ));
    }
    typed(
        value,
        "compare the names and types of the fields with the chapter \"simulator\" of the documents",
    )
}

fn typed<T: DeserializeOwned>(value: Value, fix: &str) -> Result<T, Refusal> {
    serde_path_to_error::deserialize(value).map_err(|error| Refusal::bad_request(error, fix))
}

fn holds_a_real_secret(value: &Value) -> bool {
    match value {
        Value::String(text) => looks_like_a_real_secret(text),
        Value::Array(items) => items.iter().any(holds_a_real_secret),
        Value::Object(fields) => fields
            .iter()
            .any(|(name, value)| looks_like_a_real_secret(name) || holds_a_real_secret(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// `GET /_simulator/health`.
pub(crate) async fn health() -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response
        .content_type("text/plain; charset=utf-8")
        .body("ok")
}

/// Body of `POST /_simulator/clock`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClockBody {
    advance_seconds: u64,
}

/// `POST /_simulator/clock`: codes and tokens grow older.
pub(crate) async fn advance_clock(body: JsonBody<ClockBody>, platform: Shared) -> HttpResponse {
    let by = Duration::from_secs(body.0.advance_seconds);
    platform.lock().advance_clock(by);
    HttpResponse::NoContent().finish()
}

/// Body of `POST /_simulator/codes`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeBody {
    appid: String,
    person: Option<String>,
}

/// `POST /_simulator/codes`: what `wx.login` gives a mini-program, and WeChat's SDK an app; 201 with the code.
pub(crate) async fn issue_code(body: JsonBody<CodeBody>, platform: Shared) -> Answer {
    let CodeBody { appid, person } = body.0;
    let mut platform = platform.lock();
    let person = person.unwrap_or_else(|| platform.people.current().id.clone());
    if platform.people.get(&person).is_none() {
        return Err(unknown_person(&platform));
    }
    let code = platform.issue_app_code(&appid, &person).ok_or_else(|| {
        let error = format!("{appid:?} is no mini-program and no mobile app");
        let fix = "codes of others come from their authorize page; the accounts are at /_simulator";
        Refusal::bad_request(error, fix)
    })?;
    Ok(HttpResponse::Created().json(json!({ "code": code })))
}

/// Body of `PUT /_simulator/current`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CurrentBody {
    persona: String,
}

/// `PUT /_simulator/current`: who holds the phone of browsers that have not chosen themselves.
pub(crate) async fn set_current(body: JsonBody<CurrentBody>, platform: Shared) -> Answer {
    let mut platform = platform.lock();
    match platform.people.set_current(&body.0.persona) {
        true => Ok(HttpResponse::NoContent().finish()),
        false => Err(unknown_person(&platform)),
    }
}

/// `PUT /_simulator/settings`: all switches; those left out get their default. Answers what holds now.
pub(crate) async fn set_settings(body: JsonBody<Settings>, platform: Shared) -> HttpResponse {
    let mut platform = platform.lock();
    platform.settings = body.0;
    HttpResponse::Ok().json(&platform.settings)
}

/// `GET /_simulator/personas/{id}`.
pub(crate) async fn person(id: web::Path<String>, platform: Shared) -> Answer {
    let platform = platform.lock();
    let person = platform.people.get(&id);
    let person = person.ok_or_else(|| unknown_person(&platform))?;
    Ok(HttpResponse::Ok().json(person))
}

/// `GET /_simulator/personas/{id}/ids`: who somebody is under each account, by appid; what a backend learns from
/// payments or the list of followers.
pub(crate) async fn ids(id: web::Path<String>, platform: Shared) -> Answer {
    let platform = platform.lock();
    let person = platform.people.get(&id);
    let person = person.ok_or_else(|| unknown_person(&platform))?;
    let under = |account: &Account| {
        let open_platform = account.open_platform.as_ref();
        let unionid = open_platform.and_then(|platform| person.unionid(platform));
        let ids = json!({ "openid": person.openid(&account.appid), "unionid": unionid });
        (account.appid.clone(), ids)
    };
    let by_appid: Map<String, Value> = platform.seed.accounts.iter().map(under).collect();
    Ok(HttpResponse::Ok().json(by_appid))
}

/// `PUT /_simulator/personas/{id}`: introduces somebody (201) or replaces the person of that id (200). The body is
/// what `GET` answers; fields left out get their default, and `id` may be left to the address.
pub(crate) async fn put_person(
    id: web::Path<String>,
    body: JsonBody<Map<String, Value>>,
    platform: Shared,
) -> Answer {
    let mut fields = body.0;
    let id = json!(id.into_inner());
    if fields.entry("id").or_insert_with(|| id.clone()) != &id {
        let error = "the id in the body is not the one in the address";
        return Err(Refusal::bad_request(error, "leave it out of the body"));
    }
    let fix = "compare the names and values of the fields with GET /_simulator/personas";
    let person: Person = typed(Value::Object(fields), fix)?;
    match platform.lock().put_person(person.clone()) {
        Ok(true) => Ok(HttpResponse::Created().json(person)),
        Ok(false) => Ok(HttpResponse::Ok().json(person)),
        Err(problems) => {
            let mut refusal = Refusal::bad_request(
                "this person cannot be taken",
                "each problem says what to do",
            );
            refusal.add("problems", json!(problems.0));
            Err(refusal)
        }
    }
}

/// Nobody of that id, but these.
fn unknown_person(platform: &Platform) -> Refusal {
    let fix = "use an id of the list, or introduce somebody with PUT /_simulator/personas/{id}";
    let mut refusal = Refusal::new(StatusCode::NOT_FOUND, "no such persona", fix);
    let known: Vec<&str> = platform.people.iter().map(|person| &*person.id).collect();
    refusal.add("known", json!(known));
    refusal
}

/// `POST /_simulator/faults`: puts a rule in force; 201 with the rule and its id.
pub(crate) async fn add_fault(body: JsonBody<Fault>, platform: Shared) -> Answer {
    let mut platform = platform.lock();
    let id = platform.add_fault(body.0).map_err(|Problems(problems)| {
        let [whats, fixes]: [Vec<_>; 2] = [
            problems
                .iter()
                .map(|it| format!("{}: {}", it.at, it.what))
                .collect(),
            problems
                .iter()
                .map(|it| format!("{}: {}", it.at, it.fix))
                .collect(),
        ];
        Refusal::bad_request(whats.join("; "), &fixes.join("; "))
    })?;
    let rule = platform.faults().into_iter().find(|rule| rule.id == id);
    Ok(HttpResponse::Created().json(rule))
}

/// `DELETE /_simulator/faults/{id}`: ends one rule.
pub(crate) async fn remove_fault(id: web::Path<String>, platform: Shared) -> Answer {
    if id.parse().is_ok_and(|id| platform.lock().remove_fault(id)) {
        return Ok(HttpResponse::NoContent().finish());
    }
    let fix = "GET /_simulator/faults lists the rules in force with their ids";
    Err(Refusal::new(
        StatusCode::NOT_FOUND,
        "no fault rule of this id (any more)",
        fix,
    ))
}

/// A method that a resource of the control API does not know.
pub(crate) async fn wrong_method(request: HttpRequest) -> HttpResponse {
    let fix = "the chapter \"simulator\" of the documents lists the methods of every address";
    let error = format!("{} is not known here", request.method());
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, error, fix).error_response()
}
