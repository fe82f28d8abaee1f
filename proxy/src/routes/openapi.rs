//! `/api/openapi.json`, and for developers `/api/docs`, the same as a page.

use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::{HttpResponse, web};

use crate::app::AppState;
use crate::app_files::PagePolicy;
use crate::error::ApiError;
use crate::openapi::{self, page};

/// `GET /api/openapi.json`: this description.
///
/// # Errors
/// None in practice: the document holds nothing that JSON cannot.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    operation_id = "get_openapi",
    tag = "operations",
    security(()),
    responses((status = 200, description = "This document", body = serde_json::Map<String, serde_json::Value>, content_type = "application/json"))
)]
pub async fn show(state: web::Data<AppState>) -> Result<HttpResponse, ApiError> {
    let document = openapi::document(state.sessions.name()).map_err(ApiError::internal)?;
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .body(document))
}

/// `GET /api/docs`: the description as a page. Only with `simulator = true`: it is for developers, and no part of the
/// API.
pub(crate) async fn page(state: web::Data<AppState>) -> HttpResponse {
    let document = openapi::described(state.sessions.name());
    let page = page::render(&document).into_string();
    let policy = PagePolicy::of(&page, &[]);
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, policy.for_kernel_of(None)))
        .body(page)
}
