//! Steering by programs. JSON in and out; a browser on another site cannot send it without CORS, which is not granted.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::platform::Settings;
use crate::shared::SharedPlatform;

use super::json_body;

/// Body of `POST /_simulator/clock`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockBody {
    advance_seconds: u64,
}

/// Body of `PUT /_simulator/current`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CurrentBody {
    persona: String,
}

/// `GET /_simulator/health`.
pub(crate) async fn health() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ok")
}

/// `POST /_simulator/reset`: everything as it was after the start. Asked for without a body.
pub(crate) async fn reset(
    request: HttpRequest,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    // Without a body there is no content type that would keep other sites out.
    if let Some(refused) = super::same_origin::refuse(&request) {
        return refused;
    }
    platform.lock().reset();
    HttpResponse::NoContent().finish()
}

/// `POST /_simulator/clock`: codes and tokens grow older.
pub(crate) async fn advance_clock(
    request: HttpRequest,
    body: web::Bytes,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let body: ClockBody = match json_body::read(&request, &body) {
        Ok(body) => body,
        Err(refused) => return *refused,
    };
    platform
        .lock()
        .advance_clock(Duration::from_secs(body.advance_seconds));
    HttpResponse::NoContent().finish()
}

/// `PUT /_simulator/current`: who holds the phone of browsers that have not chosen themselves.
pub(crate) async fn set_current(
    request: HttpRequest,
    body: web::Bytes,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let body: CurrentBody = match json_body::read(&request, &body) {
        Ok(body) => body,
        Err(refused) => return *refused,
    };
    let mut platform = platform.lock();
    if platform.set_current(&body.persona) {
        return HttpResponse::NoContent().finish();
    }
    super::personas::unknown(&platform)
}

/// `GET /_simulator/requests`: the latest requests to WeChat's own paths, newest last, secrets masked.
pub(crate) async fn requests(platform: web::Data<SharedPlatform>) -> HttpResponse {
    HttpResponse::Ok().json(platform.lock().requests())
}

/// `DELETE /_simulator/requests`: the log starts anew.
pub(crate) async fn clear_requests(platform: web::Data<SharedPlatform>) -> HttpResponse {
    platform.lock().clear_requests();
    HttpResponse::NoContent().finish()
}

/// `GET /_simulator/settings`: all switches.
pub(crate) async fn settings(platform: web::Data<SharedPlatform>) -> HttpResponse {
    HttpResponse::Ok().json(platform.lock().settings())
}

/// `PUT /_simulator/settings`: all switches; those left out get their default. Answers what holds now.
pub(crate) async fn set_settings(
    request: HttpRequest,
    body: web::Bytes,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let settings: Settings = match json_body::read(&request, &body) {
        Ok(settings) => settings,
        Err(refused) => return *refused,
    };
    let mut platform = platform.lock();
    platform.set_settings(settings);
    HttpResponse::Ok().json(platform.settings())
}

/// A method that a resource of the control API does not know.
pub(crate) async fn wrong_method(request: HttpRequest) -> HttpResponse {
    HttpResponse::build(StatusCode::METHOD_NOT_ALLOWED).json(json!({
        "error": format!("{} is not known here", request.method()),
        "fix": "docs/simulator.md lists the methods of every address",
    }))
}
