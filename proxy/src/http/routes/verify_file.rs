//! `GET /MP_verify_<token>.txt`: WeChat's console fetches it before it takes a domain, from the root of the site or, for a
//! domain with a path, from that path.

use actix_web::http::header::{CACHE_CONTROL, ContentType};
use actix_web::{HttpRequest, HttpResponse, web};

use super::app_files;
use crate::config::VerifyFile;
use crate::http::refusal::Refusal;
use crate::http::state::AppState;

/// A configured file, or one that lies in `static_dir`. Never the app's page, which WeChat would read as a wrong file.
///
/// # Errors
/// [`Refusal::NotFound`] for all others.
pub(crate) async fn show(
    request: HttpRequest,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Refusal> {
    let name = request.path().trim_start_matches('/');
    let asked_for = VerifyFile::parse(name);
    let file = asked_for.filter(|file| state.config.has_verify_file(file));
    match file {
        Some(file) => Ok(HttpResponse::Ok()
            .insert_header(ContentType::plaintext())
            .insert_header((CACHE_CONTROL, "no-cache"))
            .body(file.token().to_owned())),
        None => app_files::serve(request, state).await,
    }
}
