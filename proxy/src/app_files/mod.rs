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
    ACCEPT, AcceptEncoding, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    ETAG, Encoding, EntityTag, Header as _, IfNoneMatch, TryIntoHeaderValue as _, USER_AGENT, VARY,
};
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;

use crate::app::AppState;
use crate::error::ApiError;

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

/// Everything that is no route: a file of the app, or its `index.html` where a browser opens one of the app's pages.
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
        is_navigation(&request)
            .then(|| files.0.get(INDEX))
            .flatten()
    });
    Ok(answer(&request, file.ok_or(ApiError::NotFound)?))
}

/// Paths that belong to programs: an unknown one there is an error, never a page.
fn is_reserved(path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    matches!(first, "api" | "service" | "metrics" | "healthz" | "readyz")
}

/// Whether a person opens a page of the app, as opposed to a page asking for one of its parts.
fn is_navigation(request: &HttpRequest) -> bool {
    let accepts_html = request
        .headers()
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    let last_segment = request.path().rsplit('/').next().unwrap_or_default();
    let is_verify_file = request.path().starts_with("/MP_verify_");
    accepts_html && !last_segment.contains('.') && !is_verify_file
}

fn answer(request: &HttpRequest, file: &AppFile) -> HttpResponse {
    let (variant, encoding) = file.variant_for(request);
    let is_known = matches!(
        IfNoneMatch::parse(request),
        Ok(IfNoneMatch::Items(tags)) if tags.iter().any(|tag| tag.weak_eq(&variant.etag))
    );
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
        let user_agent = request.headers().get(USER_AGENT);
        let user_agent = user_agent.and_then(|it| it.to_str().ok());
        response.insert_header((CONTENT_SECURITY_POLICY, policy.for_kernel_of(user_agent)));
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
    /// What the browser decodes and we have: brotli before gzip, as it is the smaller.
    fn variant_for(&self, request: &HttpRequest) -> (&Variant, Option<&'static str>) {
        let plain = (&self.plain, None);
        let encoded = [
            (&self.brotli, Encoding::brotli(), "br"),
            (&self.gzip, Encoding::gzip(), "gzip"),
        ];
        let Ok(accepted) = AcceptEncoding::parse(request) else {
            return plain;
        };
        // One by one, because between equals the browser's order is no preference.
        let accepts = |encoding: &Encoding| {
            let supported = [encoding.clone()];
            accepted.negotiate(supported.iter()).as_ref() == Some(encoding)
        };
        encoded
            .into_iter()
            .find(|(variant, encoding, _)| variant.is_some() && accepts(encoding))
            .and_then(|(variant, _, name)| Some((variant.as_ref()?, Some(name))))
            .unwrap_or(plain)
    }
}
