//! The built app, read anew for every request: browsers ask each time whether what they have is the newest.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use actix_web::http::header::{ACCEPT, CACHE_CONTROL, ETAG, IF_NONE_MATCH, LOCATION, RETRY_AFTER};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse};

use crate::language::Language;
use crate::missing::wants_page;
use crate::page;
use crate::reload;
use crate::site::Site;

const INDEX: &str = "index.html";

/// A file of the app, or its page where somebody opens one of the app's addresses. `path` is below that of the site.
pub(crate) fn serve(site: &Site, request: &HttpRequest, path: &str) -> HttpResponse {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return HttpResponse::NotFound().finish();
    }
    let name = path.trim_start_matches('/');
    if may_be_page(name) {
        return if takes_page(request) {
            index(site, request)
        } else {
            HttpResponse::NotFound().finish()
        };
    }
    let found = file(&site.app, name).and_then(|file| {
        let tag = tag_of(&file)?;
        Some((std::fs::read(file).ok()?, tag))
    });
    // A missing script must never look like a page.
    let Some((bytes, tag)) = found else {
        return HttpResponse::NotFound().finish();
    };
    let known = request.headers().get(IF_NONE_MATCH);
    let is_known = known.is_some_and(|it| it.as_bytes() == tag.as_bytes());
    let mut response = match is_known {
        true => HttpResponse::NotModified(),
        false => HttpResponse::Ok(),
    };
    response
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((ETAG, tag))
        .insert_header(("x-content-type-options", "nosniff"));
    if is_known {
        return response.finish();
    }
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    response.content_type(match kind.type_() {
        mime_guess::mime::TEXT => format!("{kind}; charset=utf-8"),
        _ => kind.to_string(),
    });
    response.body(bytes)
}

/// What tells a file from its next version. A login loads the page twice, and a phone the app only once because of it.
fn tag_of(file: &Path) -> Option<String> {
    let facts = file.metadata().ok()?;
    let written = facts.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("\"{:x}-{:x}\"", written.as_nanos(), facts.len()))
}

/// `index.html` with the script that loads it again, or a page that waits for it.
fn index(site: &Site, request: &HttpRequest) -> HttpResponse {
    if let Some(place) = elsewhere(site, request) {
        // For this once: tomorrow's public_url may be another.
        return HttpResponse::TemporaryRedirect()
            .insert_header((LOCATION, place))
            .insert_header((CACHE_CONTROL, "no-store"))
            .finish();
    }
    let build = site.builds.borrow().clone();
    let name = site.name_of(&build);
    let tag = reload::tag(&site.public_url.path, name.as_deref());
    // What an earlier run has left is good enough beside an error, but not beside one that is about to replace it.
    let is_there = build.ready.is_some() || build.broken.is_some();
    let html = std::fs::read_to_string(site.app.join(INDEX)).ok();
    let (status, html) = match html.filter(|_| is_there) {
        Some(html) => (StatusCode::OK, reload::added_to(&html, &tag)),
        None => (
            StatusCode::SERVICE_UNAVAILABLE,
            waiting(request, build.broken.is_some(), &tag),
        ),
    };
    let mut response = HttpResponse::build(status);
    if status != StatusCode::OK {
        response.insert_header((RETRY_AFTER, "1"));
    }
    response
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header(("x-content-type-options", "nosniff"))
        .insert_header(("referrer-policy", "no-referrer"))
        .body(html)
}

fn waiting(request: &HttpRequest, is_broken: bool, tag: &str) -> String {
    let language = Language::of_browser(request.headers());
    let (title, text) = if is_broken {
        language.pick(
            ("应用编译失败", "改好并保存后，本页会自动打开应用。"),
            (
                "The app does not compile",
                "Mended and saved, it opens here by itself.",
            ),
        )
    } else {
        language.pick(
            ("正在编译应用…", "第一次需要一两分钟，进度见终端。编译好后，本页会自动打开应用。"),
            (
                "Compiling the app…",
                "The first time takes a minute or two; the terminal shows how far it is. Then the app opens here by itself.",
            ),
        )
    };
    page::page(language, title, text, Some(tag))
}

/// The same page at the host of `public_url`, for somebody who came by another name of this machine, `localhost` or
/// `0.0.0.0`: the session's cookie is for one name alone, and WeChat leads back to that.
///
/// Whoever came through something in front, which says so, is left where he is: it may write another host than the
/// browser's, and then this would go round in circles.
fn elsewhere(site: &Site, request: &HttpRequest) -> Option<String> {
    let headers = request.headers();
    let in_front = [
        "forwarded",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto",
        "via",
    ];
    let host = headers.get("host")?.to_str().ok()?.to_ascii_lowercase();
    let is_here = host == site.public_url.authority
        || format!("{host}:80") == site.public_url.authority
        || host == format!("{}:80", site.public_url.authority);
    if is_here || site.public_url.is_https || in_front.iter().any(|it| headers.contains_key(*it)) {
        return None;
    }
    let target = crate::forward::target_of(request);
    Some(format!("{}{target}", site.public_url.origin()))
}

/// Whether this can be the address of a page, as opposed to one of its parts.
fn may_be_page(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or_default();
    name == INDEX || !last.contains('.')
}

/// People take a page, and monitors, which take anything. A page's own question for data gets a 404.
fn takes_page(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(ACCEPT);
    let accepted = accepted.and_then(|it| it.to_str().ok()).unwrap_or("*/*");
    // Browsers ask so for pictures, scripts and data, which are no pages.
    wants_page(request.headers()) || accepted.split(',').any(|it| it.trim().starts_with("*/*"))
}

/// The file of this name inside the folder; links out of it are none.
fn file(folder: &Path, name: &str) -> Option<PathBuf> {
    let is_hidden = |segment: &str| segment.starts_with('.') || segment.contains('\\');
    if name.split('/').any(is_hidden) {
        return None;
    }
    let folder = folder.canonicalize().ok()?;
    let file = folder.join(name).canonicalize().ok()?;
    (file.starts_with(&folder) && file.is_file()).then_some(file)
}
