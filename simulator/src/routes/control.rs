//! Steering by programs. JSON in and out; a browser on another site cannot send it without CORS, which is not granted.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::shared::SharedPlatform;

/// Body of `POST /_simulator/clock`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClockBody {
    advance_seconds: u64,
}

/// Body of `PUT /_simulator/current`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CurrentBody {
    persona: String,
}

/// `GET /_simulator/health`.
pub(crate) async fn health() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ok")
}

/// `POST /_simulator/clock`: codes and tokens grow older.
pub(crate) async fn advance_clock(
    body: web::Json<ClockBody>,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    platform
        .lock()
        .advance_clock(Duration::from_secs(body.advance_seconds));
    HttpResponse::NoContent().finish()
}

/// `PUT /_simulator/current`: who holds the phone of browsers that have not chosen themselves.
pub(crate) async fn set_current(
    body: web::Json<CurrentBody>,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let mut platform = platform.lock();
    if platform.set_current(&body.persona) {
        return HttpResponse::NoContent().finish();
    }
    let known: Vec<&str> = platform
        .people()
        .iter()
        .map(|person| person.id.as_str())
        .collect();
    HttpResponse::NotFound().json(json!({ "error": "no such persona", "known": known }))
}

/// `GET /_simulator/requests`: the latest requests to WeChat's own paths, newest last, secrets masked.
pub(crate) async fn requests(platform: web::Data<SharedPlatform>) -> HttpResponse {
    HttpResponse::Ok().json(platform.lock().requests())
}
