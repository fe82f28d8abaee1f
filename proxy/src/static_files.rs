//! The built app, served by this process: for browser tests and small installations.

use std::path::{Path, PathBuf};

use actix_files::NamedFile;
use actix_web::http::Method;
use actix_web::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, REFERRER_POLICY};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::app::AppState;
use crate::error::ApiError;

/// Everything that is no route: a file of the app, or its `index.html` where a browser opens one of the app's pages.
///
/// # Errors
/// [`ApiError::NotFound`] for a missing file, so that a missing script never looks like a page, and for the API.
pub(crate) async fn serve(
    request: HttpRequest,
    state: web::Data<AppState>,
) -> Result<HttpResponse, ApiError> {
    let folder = state
        .config
        .static_dir
        .as_deref()
        .ok_or(ApiError::NotFound)?;
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if !is_read || is_reserved(request.path()) {
        return Err(ApiError::NotFound);
    }
    let found = relative_path(request.path()).and_then(|path| open_file(&folder.join(path)));
    let file = match found {
        Some(file) => file,
        None if is_navigation(&request) => {
            open_file(&folder.join("index.html")).ok_or(ApiError::NotFound)?
        }
        None => return Err(ApiError::NotFound),
    };
    Ok(answer(&request, file))
}

/// Paths that belong to programs: an unknown one there is an error, never a page.
fn is_reserved(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// The file a path names, below the folder. The app's own names are plain, so nothing is decoded and everything
/// that could lead out of the folder or to a hidden file is refused.
fn relative_path(path: &str) -> Option<PathBuf> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if path == "/" {
        return Some(PathBuf::from("index.html"));
    }
    let mut relative = PathBuf::new();
    for segment in path.strip_prefix('/')?.split('/') {
        let is_safe =
            !segment.is_empty() && !segment.starts_with('.') && segment.bytes().all(is_plain);
        if !is_safe {
            return None;
        }
        relative.push(segment);
    }
    Some(relative)
}

fn open_file(path: &Path) -> Option<NamedFile> {
    NamedFile::open(path)
        .ok()
        .filter(|file| file.metadata().is_file())
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

fn answer(request: &HttpRequest, file: NamedFile) -> HttpResponse {
    let name = file.path().file_name().and_then(|name| name.to_str());
    let cache = if name.is_some_and(is_hashed) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let mut response = file.disable_content_disposition().into_response(request);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    let is_page = headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page {
        // The page's address can hold a code; it must not reach other hosts, such as that of the user's picture.
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
    response
}

/// Whether a name carries its content's hash, as the bundler writes it: `app-0123456789abcdef_bg.wasm`.
fn is_hashed(name: &str) -> bool {
    name.split('-').skip(1).any(|part| {
        let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        let ends_there = matches!(part.as_bytes().get(digits), Some(b'.' | b'_'));
        (8..=64).contains(&digits) && ends_there
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_cached_forever() {
        for hashed in [
            // trunk writes a 64-bit number without leading zeros.
            "wechat-login-frontend-56a6f4d53e1c18b.js",
            "app-0123456789abcdef.js",
            "wechat-login-frontend-0123456789abcdef_bg.wasm",
            "style-0123456789abcdef0123.css",
        ] {
            assert!(is_hashed(hashed), "{hashed}");
        }
        for plain in [
            "index.html",
            "app-0123456.js",
            "0123456789abcdef.js",
            "app-0123456789abcdefg.js",
            "app-0123456789abcdef",
            "favicon.svg",
        ] {
            assert!(!is_hashed(plain), "{plain}");
        }
    }

    #[test]
    fn no_path_leads_out_of_the_folder_or_to_hidden_files() {
        assert_eq!(relative_path("/"), Some(PathBuf::from("index.html")));
        assert_eq!(relative_path("/a/b-1.js"), Some(PathBuf::from("a/b-1.js")));
        for refused in [
            "",
            "a",
            "//etc/passwd",
            "/../x",
            "/a/../x",
            "/./x",
            "/.git",
            "/a/.env",
            "/%2e%2e/x",
            "/a%2fb",
            "/a\\b",
            "/a\0",
            "/a/",
            "/C:/x",
        ] {
            assert_eq!(relative_path(refused), None, "{refused:?}");
        }
    }
}
