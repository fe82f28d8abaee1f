//! Running sites from outside.

use actix_web::HttpResponse;
use tempfile::TempDir;
use wechat_login_proxy::commands::check::{self, Level, Report, Site};

use super::{NAME, only, only_with, start_site};
use crate::support::*;

const PAGE: &str = "<!DOCTYPE html><script>init('/app-0123456789abcdef_bg.wasm')</script>\
    <link id=\"api-bootstrap\" href=\"/api/bootstrap\" data-leave=\"worker hold\" />";
/// A proxy that sends people to the real WeChat.
const REAL: (&str, &str) = ("WECHAT__OPEN_BASE", "https://open.weixin.qq.com");

async fn look(url: &str) -> Report {
    wechat_login_proxy::install_tls();
    let site = Site::parse(url, Some(NAME)).unwrap();
    check::site(&site).await.unwrap()
}

/// The proxy with the app and the file, as it should be.
async fn good_site() -> (TestProxy, TempDir) {
    let wasm = ("app-0123456789abcdef_bg.wasm", "\0asm");
    let folder = folder_of(&[("index.html", PAGE), wasm, ("sw.js", "")]);
    let proxy = TestProxy::alone_with(&[
        ("STATIC_DIR", folder.path().to_str().unwrap()),
        ("ACCOUNTS__SHOP__VERIFY_FILES", NAME),
        REAL,
    ])
    .await;
    (proxy, folder)
}

#[actix_web::test]
async fn of_the_proxys_own_site_only_plain_http_is_wrong() {
    let (proxy, _folder) = good_site().await;
    let report = look(&proxy.base_url).await;
    only(&report, "connection", Level::Error);
    for check in [
        "index",
        "policy",
        "wasm",
        "worker",
        "missing_file",
        "bootstrap",
        "cookies",
        "readyz",
        "verify_file",
    ] {
        only(&report, check, Level::Ok);
    }
}

#[actix_web::test]
async fn a_host_that_answers_its_page_for_everything_is_found_out() {
    let url = start_site(|_| {
        HttpResponse::Ok()
            .content_type("text/html")
            .insert_header(("Set-Cookie", "visit=abc; Path=/"))
            .body(PAGE)
    });
    let report = look(&url).await;
    for check in ["index", "wasm", "missing_file", "bootstrap", "verify_file"] {
        only(&report, check, Level::Error);
    }
    only(&report, "policy", Level::Warning);
    let cookies = only_with(&report, "cookies", Level::Error, "visit");
    assert!(!cookies.what.contains("abc"), "{cookies}");
    only(&report, "readyz", Level::Skipped);
    only_with(&report, "worker", Level::Warning, "text/html");
}

/// A web server that answers `page` with this policy, and every other path with a 404 that is kept for a day.
fn serve(page: String, policy: &'static str) -> String {
    start_site(move |request| {
        if request.path() != "/" {
            let kept = ("Cache-Control", "public, max-age=86400");
            return HttpResponse::NotFound().insert_header(kept).finish();
        }
        HttpResponse::Ok()
            .content_type("text/html")
            .insert_header(("Content-Security-Policy", policy))
            .insert_header(("Cache-Control", "no-cache"))
            .body(page.clone())
    })
}

#[actix_web::test]
async fn the_headers_of_another_version_and_a_kept_404_are_found_out() {
    let policy = "default-src 'none'; script-src 'self' 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='";
    let report = look(&serve(PAGE.to_owned(), policy)).await;
    only_with(&report, "policy", Level::Error, "not this page's");
    only_with(&report, "missing_file", Level::Error, "max-age=86400");
    only_with(
        &report,
        "worker",
        Level::Warning,
        "missing (HTTP status 404",
    );
}

#[actix_web::test]
async fn a_service_worker_that_may_not_load_the_app_is_found_out() {
    for (policy, level) in [
        ("default-src 'none'", Level::Warning),
        ("default-src 'none'; connect-src 'self'", Level::Ok),
    ] {
        let url = start_site(move |_| {
            HttpResponse::Ok()
                .content_type("text/javascript")
                .insert_header(("Content-Security-Policy", policy))
                .body(PAGE)
        });
        only(&look(&url).await, "worker", level);
    }
}

#[actix_web::test]
async fn an_api_on_another_host_is_asked_there_and_has_to_let_the_page_ask() {
    for (host, is_allowed, cors, what) in [
        ("127.0.0.1", true, Level::Ok, "may ask"),
        ("127.0.0.1", false, Level::Error, "does not let"),
        ("localhost", true, Level::Error, "another site"),
    ] {
        let address = test_support::addresses::free_address();
        // Every port of this machine is another origin.
        let api = format!("http://{host}:{}/api/bootstrap", address.port());
        let page = format!("<!DOCTYPE html><link id=\"api-bootstrap\" href=\"{api}\" />");
        let origin = serve(page, "");
        let mut config = config_with(NO_WECHAT, &[REAL]);
        if is_allowed {
            config.allowed_origins.push(origin.clone());
        }
        let _proxy = TestProxy::start_at(address, config).await;
        let report = look(&origin).await;
        only(&report, "bootstrap", Level::Ok);
        only(&report, "readyz", Level::Ok);
        only_with(&report, "cors", cors, what);
    }
}

#[actix_web::test]
async fn logins_that_do_not_go_to_wechat_are_an_error() {
    let proxy = TestProxy::alone().await;
    let report = look(&proxy.base_url).await;
    only_with(&report, "bootstrap", Level::Error, "not to WeChat");
    // Without `static_dir` there is no page either.
    only(&report, "index", Level::Error);
}

#[actix_web::test]
async fn a_site_that_does_not_answer_is_one_finding() {
    let report = look("https://127.0.0.1:9").await;
    only(&report, "connection", Level::Error);
    assert_eq!(report.0.len(), 1);
}
