//! Fault rules by program.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::platform::{Fault, Problems};
use crate::shared::SharedPlatform;

use super::json_body;

/// `GET /_simulator/faults`: the rules in force, oldest first, with what is left of each.
pub(crate) async fn all(platform: web::Data<SharedPlatform>) -> HttpResponse {
    HttpResponse::Ok().json(platform.lock().faults())
}

/// `POST /_simulator/faults`: puts a rule in force; 201 with the rule and its id.
pub(crate) async fn add(
    request: HttpRequest,
    body: web::Bytes,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let fault: Fault = match json_body::read(&request, &body) {
        Ok(fault) => fault,
        Err(refused) => return *refused,
    };
    let mut platform = platform.lock();
    match platform.add_fault(fault) {
        Ok(id) => {
            let rule = platform.faults().into_iter().find(|rule| rule.id == id);
            HttpResponse::Created().json(rule)
        }
        Err(Problems(problems)) => {
            let whats: Vec<_> = problems
                .iter()
                .map(|p| format!("{}: {}", p.at, p.what))
                .collect();
            let fixes: Vec<_> = problems
                .iter()
                .map(|p| format!("{}: {}", p.at, p.fix))
                .collect();
            json_body::refuse(
                StatusCode::BAD_REQUEST,
                &whats.join("; "),
                &fixes.join("; "),
            )
        }
    }
}

/// `DELETE /_simulator/faults`: ends all rules.
pub(crate) async fn clear(platform: web::Data<SharedPlatform>) -> HttpResponse {
    platform.lock().clear_faults();
    HttpResponse::NoContent().finish()
}

/// `DELETE /_simulator/faults/{id}`: ends one rule.
pub(crate) async fn remove(
    id: web::Path<String>,
    platform: web::Data<SharedPlatform>,
) -> HttpResponse {
    let id: Option<u64> = id.parse().ok();
    if id.is_some_and(|id| platform.lock().remove_fault(id)) {
        return HttpResponse::NoContent().finish();
    }
    json_body::refuse(
        StatusCode::NOT_FOUND,
        "no fault rule of this id (any more)",
        "GET /_simulator/faults lists the rules in force with their ids",
    )
}
