//! The built app, served by this process: read once at start, answered from memory.
//!
//! No path of a request ever reaches the file system: it is looked up among the files that were there at start. So a
//! new version of the app needs a restart, which `docs/serving.md` describes.

mod folder;
mod old_kernel;
mod policy;

use std::collections::HashMap;

use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, EntityTag, HeaderMap, TryIntoHeaderValue as _, USER_AGENT, VARY,
};
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;

use crate::app::AppState;
use crate::error::ApiError;
use crate::headers;

pub use folder::Error;
pub use old_kernel::OLD_KERNELS;
pub use policy::PagePolicy;
pub(crate) use policy::{api_bootstrap, api_origin, hashes};

const INDEX: &str = "/index.html";

/// Where pictures of users come from: WeChat's avatar hosts, `thirdwx.qlogo.cn` and `wx.qlogo.cn` among others.
pub const AVATARS: &str = "https://*.qlogo.cn";

/// Every file of the app, by its path in the address.
#[derive(Debug)]
pub struct AppFiles(HashMap<String, AppFile>);

/// One file as it is sent.
#[derive(Debug)]
struct AppFile {
    content_type: String,
    cache_control: &'static str,
    plain: Variant,
    brotli: Option<Variant>,
    gzip: Option<Variant>,
    /// Of a page.
    policy: Option<PagePolicy>,
}

#[derive(Debug)]
struct Variant {
    bytes: Bytes,
    etag: EntityTag,
}

/// Everything that is no route: a file of the app, or its `index.html` where somebody opens one of the app's pages.
///
/// # Errors
/// [`ApiError::NotFound`] for a missing file, so that a missing script never looks like a page, and for the API.
pub(crate) async fn serve(
    request: HttpRequest,
    state: web::Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let files = state.app_files.as_ref().ok_or(ApiError::NotFound)?;
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let path = request.path();
    if !is_read || is_reserved(path) {
        return Err(ApiError::NotFound);
    }
    let path = if path == "/" { INDEX } else { path };
    let file = files.0.get(path).or_else(|| {
        let is_page = may_be_page(path) && takes_page(request.headers());
        files.0.get(INDEX).filter(|_| is_page)
    });
    Ok(answer(&request, file.ok_or(ApiError::NotFound)?))
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

fn answer(request: &HttpRequest, file: &AppFile) -> HttpResponse {
    let (variant, encoding) = file.variant_for(request.headers());
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
        let policy = policy.for_kernel_of(user_agent.as_deref());
        response.insert_header((CONTENT_SECURITY_POLICY, policy));
        // Caches between us and the phones must not hand one kernel's policy to another.
        response.append_header((VARY, "User-Agent"));
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

impl AppFile {
    /// What the browser wants most of those we have. Between equals its order is no preference, and the smallest is
    /// sent: brotli before gzip. Whoever does not name one gets the file as it is.
    fn variant_for(&self, headers: &HeaderMap) -> (&Variant, Option<&'static str>) {
        let wanted = headers::wanted(headers, ACCEPT_ENCODING);
        let weight_of = |name: &str| wanted.iter().find(|(coding, _)| coding == name);
        let plain = weight_of("identity").map_or(0.0, |(_, weight)| *weight);
        [(&self.brotli, "br"), (&self.gzip, "gzip")]
            .into_iter()
            .filter_map(|(variant, name)| {
                let (_, weight) = weight_of(name)?;
                Some((variant.as_ref()?, Some(name), *weight))
            })
            .filter(|(.., weight)| *weight > 0.0 && *weight >= plain)
            .reduce(|most, next| if next.2 > most.2 { next } else { most })
            .map_or((&self.plain, None), |(variant, name, _)| (variant, name))
    }
}
