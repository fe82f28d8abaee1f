//! `/_simulator/fidelity`: what is imitated, what is not, and what nobody knows.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use crate::{fidelity, pages};

use super::html;

/// `GET /_simulator/fidelity`.
pub(crate) async fn page() -> HttpResponse {
    html::page(StatusCode::OK, pages::fidelity(fidelity::GROUPS))
}
