//! Everything that is no route: the built app's files and pages.

use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, HeaderMap, LOCATION, TryIntoHeaderValue as _, USER_AGENT, VARY,
};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::http::app_files::{AppFile, INDEX, Variant};
use crate::http::headers;
use crate::http::refusal::Refusal;
use crate::http::state::AppState;

/// The app's service worker, and all that it may do: ask this site.
const WORKER: &str = "/sw.js";
const WORKER_POLICY: &str = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'";

/// Everything that is no route: a file of the app, or its `index.html` where somebody opens one of the app's pages. The
/// path of `public_url` without a slash at its end leads to that with one, of which the page's addresses are relative.
///
/// # Errors
/// [`Refusal::NotFound`] for a missing file, so that a missing script never looks like a page, and for the API.
pub(crate) async fn serve(
    request: HttpRequest,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Refusal> {
    let files = state.app_files.as_ref().ok_or(Refusal::NotFound)?;
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let path = request.path();
    if !is_read || is_reserved(path) {
        return Err(Refusal::NotFound);
    }
    let prefix = state.config.public_url.path();
    if !prefix.is_empty() && path == prefix {
        let query = request.uri().query().map(|query| format!("?{query}"));
        let place = format!("{prefix}/{}", query.unwrap_or_default());
        let mut response = HttpResponse::TemporaryRedirect();
        return Ok(response.insert_header((LOCATION, place)).finish());
    }
    let path = if path == "/" { INDEX } else { path };
    let file = files.get(path).or_else(|| {
        let is_page = may_be_page(path) && takes_page(request.headers());
        files.get(INDEX).filter(|_| is_page)
    });
    Ok(response(&request, file.ok_or(Refusal::NotFound)?))
}

/// Paths that belong to programs: an unknown one there is an error, never a page.
fn is_reserved(path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    matches!(first, "api" | "service" | "metrics" | "healthz" | "readyz")
}

/// Whether this can be the address of a page, as opposed to one of its parts.
fn may_be_page(path: &str) -> bool {
    let last_segment = path.rsplit('/').next().unwrap_or_default();
    !last_segment.contains('.') && !path.starts_with("/MP_verify_")
}

/// Whether whoever asks takes a page: people do, and monitors, which take anything. A page's own question for data, or
/// for a picture, gets a 404 rather than a page it cannot read.
fn takes_page(headers: &HeaderMap) -> bool {
    let mut wanted = headers::wanted(headers, ACCEPT);
    // What is no kind of content says nothing; the asterisk alone is an old way to say everything.
    wanted.retain(|(kind, _)| kind.contains('/') || kind == "*");
    let weight_of = |range: &str| {
        let named = wanted.iter().filter(|(kind, _)| kind == range);
        named.map(|(_, weight)| *weight).reduce(f32::max)
    };
    // The closest of them decides.
    let weight = ["text/html", "text/*", "*/*", "*"]
        .into_iter()
        .find_map(weight_of);
    wanted.is_empty() || weight.is_some_and(|weight| weight > 0.0)
}

fn response(request: &HttpRequest, file: &AppFile) -> HttpResponse {
    let (variant, encoding) = variant_for(file, request.headers());
    let is_known = headers::is_known(request.headers(), |tag| {
        tag == variant.etag.tag().as_bytes()
    });
    let mut response = if is_known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response.insert_header((CACHE_CONTROL, file.cache_control));
    response.insert_header((VARY, "Accept-Encoding"));
    if let Ok(etag) = variant.etag.clone().try_into_value() {
        response.insert_header((ETAG, etag));
    }
    if let Some(policy) = &file.policy {
        let user_agent = headers::text(request.headers(), USER_AGENT);
        let policy = policy.for_browser(user_agent.as_deref());
        response.insert_header((CONTENT_SECURITY_POLICY, policy));
        // Caches between us and the phones must not hand one browser engine's policy to another.
        response.append_header((VARY, "User-Agent"));
    }
    if request.path() == WORKER {
        response.insert_header((CONTENT_SECURITY_POLICY, WORKER_POLICY));
    }
    if is_known {
        return response.finish();
    }
    if let Some(encoding) = encoding {
        response.insert_header((CONTENT_ENCODING, encoding));
    }
    response.insert_header((CONTENT_TYPE, file.content_type.as_str()));
    response.body(variant.bytes.clone())
}

/// What the browser wants most of those we have. Between equals its order is no preference, and the smallest is
/// sent: brotli before gzip. Whoever does not name one gets the file as it is.
fn variant_for<'a>(file: &'a AppFile, headers: &HeaderMap) -> (&'a Variant, Option<&'static str>) {
    let wanted = headers::wanted(headers, ACCEPT_ENCODING);
    let weight_of = |name: &str| wanted.iter().find(|(coding, _)| coding == name);
    let plain = weight_of("identity").map_or(0.0, |(_, weight)| *weight);
    [(&file.brotli, "br"), (&file.gzip, "gzip")]
        .into_iter()
        .filter_map(|(variant, name)| {
            let (_, weight) = weight_of(name)?;
            Some((variant.as_ref()?, Some(name), *weight))
        })
        .filter(|(.., weight)| *weight > 0.0 && *weight >= plain)
        .reduce(|most, next| if next.2 > most.2 { next } else { most })
        .map_or((&file.plain, None), |(variant, name, _)| (variant, name))
}
