//! `/api/openapi.json`: the API described.

use actix_web::{HttpResponse, web};

/// The description, made at start: it knows all routes, and they know only its text.
pub(crate) struct ApiDescription(pub(crate) String);

/// `GET /api/openapi.json`: this description.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    operation_id = "get_openapi",
    tag = "operations",
    security(()),
    responses((status = 200, description = "This document", body = serde_json::Map<String, serde_json::Value>, content_type = "application/json"))
)]
pub(crate) async fn show(description: web::Data<ApiDescription>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(description.0.clone())
}
