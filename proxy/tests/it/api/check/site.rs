//! Running sites from outside.

use std::net::TcpListener;

use actix_web::{App, HttpResponse, HttpServer, web};
use tempfile::TempDir;
use wechat_login_proxy::check::{self, Level, Report, Site};
use wechat_login_proxy::config::VerifyFile;

use super::only;
use crate::helpers::{TestProxy, config};

const NAME: &str = "MP_verify_AbCdEf0123456789.txt";
const PAGE: &str = "<!DOCTYPE html><script>init('/app-0123456789abcdef_bg.wasm')</script>";

async fn look(url: &str) -> Report {
    let site = Site::parse(url, Some(NAME)).unwrap();
    check::site(&site).await.unwrap()
}

/// The proxy with the app and the file, as it should be.
async fn good_site() -> (TestProxy, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("index.html"), PAGE).unwrap();
    std::fs::write(path("app-0123456789abcdef_bg.wasm"), "\0asm").unwrap();
    let mut config = config("http://127.0.0.1:9");
    config.static_dir = Some(folder.path().to_owned());
    config.wechat.open_base = "https://open.weixin.qq.com".parse().unwrap();
    let shop = config.accounts.get_mut("shop").unwrap();
    shop.verify_files.push(VerifyFile::parse(NAME).unwrap());
    (TestProxy::start_with(config).await, folder)
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
    let page = || async {
        HttpResponse::Ok()
            .content_type("text/html")
            .insert_header(("Set-Cookie", "visit=abc; Path=/"))
            .body(PAGE)
    };
    let app = move || App::new().default_service(web::to(page));
    let server = HttpServer::new(app).workers(1).bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.addrs()[0]);
    actix_web::rt::spawn(server.run());
    let report = look(&url).await;
    for check in ["index", "wasm", "missing_file", "bootstrap", "verify_file"] {
        only(&report, check, Level::Error);
    }
    only(&report, "policy", Level::Warning);
    let cookies = only(&report, "cookies", Level::Error);
    assert!(cookies.what.contains("visit"), "{cookies}");
    assert!(!cookies.what.contains("abc"), "{cookies}");
    only(&report, "readyz", Level::Skipped);
}

fn free_port() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

/// A web server that answers `page` with this policy, and every other path with a 404 that is kept for a day.
fn serve(listener: TcpListener, page: String, policy: &'static str) {
    let index = move || {
        let mut answer = HttpResponse::Ok();
        answer.insert_header(("Content-Security-Policy", policy));
        answer.insert_header(("Cache-Control", "no-cache"));
        let body = page.clone();
        async move { answer.content_type("text/html").body(body) }
    };
    let missing = || async {
        HttpResponse::NotFound()
            .insert_header(("Cache-Control", "public, max-age=86400"))
            .finish()
    };
    let app = move || {
        let page = App::new().route("/", web::get().to(index.clone()));
        page.default_service(web::to(missing))
    };
    let server = HttpServer::new(app).workers(1).listen(listener).unwrap();
    actix_web::rt::spawn(server.run());
}

#[actix_web::test]
async fn the_headers_of_another_version_and_a_kept_404_are_found_out() {
    let (listener, url) = free_port();
    serve(
        listener,
        PAGE.to_owned(),
        "default-src 'none'; script-src 'self' 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='",
    );
    let report = look(&url).await;
    let policy = only(&report, "policy", Level::Error);
    assert!(policy.what.contains("not this page's"), "{policy}");
    let missing = only(&report, "missing_file", Level::Error);
    assert!(missing.what.contains("max-age=86400"), "{missing}");
}

#[actix_web::test]
async fn an_api_on_another_host_is_asked_there_and_has_to_let_the_page_ask() {
    for (is_allowed, cors) in [(true, Level::Ok), (false, Level::Error)] {
        let mut config = config("http://127.0.0.1:9");
        config.wechat.open_base = "https://open.weixin.qq.com".parse().unwrap();
        // Every port of this machine is another origin.
        let (listener, origin) = free_port();
        if is_allowed {
            config.allowed_origins.push(origin.clone());
        }
        let proxy = TestProxy::start_with(config).await;
        let page = format!(
            "<!DOCTYPE html><link id=\"api-bootstrap\" href=\"{}/api/bootstrap\" />",
            proxy.base_url
        );
        serve(listener, page, "");
        let report = look(&origin).await;
        only(&report, "bootstrap", Level::Ok);
        only(&report, "readyz", Level::Ok);
        only(&report, "cors", cors);
    }
}

#[actix_web::test]
async fn logins_that_do_not_go_to_wechat_are_an_error() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    let report = look(&proxy.base_url).await;
    let bootstrap = only(&report, "bootstrap", Level::Error);
    assert!(bootstrap.what.contains("not to WeChat"), "{bootstrap}");
    // Without `static_dir` there is no page either.
    only(&report, "index", Level::Error);
}

#[actix_web::test]
async fn a_site_that_does_not_answer_is_one_finding() {
    let report = look("https://127.0.0.1:9").await;
    only(&report, "connection", Level::Error);
    assert_eq!(report.0.len(), 1);
}
