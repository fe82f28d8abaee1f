//! Running sites from outside.

use tempfile::TempDir;
use wechat_login_proxy::commands::check::{self, Level, Report, Site};

use super::{HTML, NAME, answer, assert_fix, only, only_with, start_site, start_site_at};
use crate::support::*;

const PAGE: &str = "<!DOCTYPE html><script>init('/app-0123456789abcdef_bg.wasm')</script>\
    <link id=\"api-bootstrap\" href=\"/api/bootstrap\" data-leave=\"worker hold\" />";
const POLICY: &str = "Content-Security-Policy";
/// A proxy that sends people to the real WeChat.
const REAL: (&str, &str) = ("WECHAT__OPEN_BASE", "https://open.weixin.qq.com");

async fn look(url: &str) -> Report {
    wechat_login_proxy::install_tls();
    let site = Site::parse(url, Some(NAME)).unwrap();
    check::site(&site).await.unwrap()
}

/// The proxy with this page and the file, as it should be, at a path of its host.
async fn good_site(path: &str, page: &str) -> (TestProxy, TempDir) {
    let wasm = ("app-0123456789abcdef_bg.wasm", "\0asm");
    let folder = folder_of(&[("index.html", page), wasm, ("sw.js", "")]);
    let address = test_support::addresses::free_address();
    let config = config_with(
        NO_WECHAT,
        &[
            ("PUBLIC_URL", &format!("http://{address}{path}")),
            ("STATIC_DIR", folder.path().to_str().unwrap()),
            ("ACCOUNTS__SHOP__VERIFY_FILES", NAME),
            REAL,
        ],
    );
    (TestProxy::start_at(address, config).await, folder)
}

/// The page as it is built to lie under any path.
fn movable() -> String {
    let page = PAGE.replace("'/", "'./").replace("\"/api/", "\"api/");
    page.replace("<script>", "<base href=\"/\" /><script>")
}

#[actix_web::test]
async fn of_the_proxys_own_site_only_plain_http_is_wrong() {
    for (path, page) in [("", PAGE), ("", &movable()), ("/h5", &movable())] {
        let (proxy, _folder) = good_site(path, page).await;
        let report = look(&format!("{}{path}", proxy.base_url)).await;
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
            "base",
            "public_url",
            "cookie_path",
            "verify_file",
        ] {
            only(&report, check, Level::Ok);
        }
    }
}

#[actix_web::test]
async fn a_web_server_without_the_proxy_behind_it_is_told_from_a_wrong_one() {
    for (status, body) in [(502, "<html>Bad Gateway"), (503, "<html>"), (504, "")] {
        let report = look(&start_site(move |_| answer(status, &[], body))).await;
        for check in ["index", "bootstrap", "readyz", "verify_file"] {
            assert_fix(only(&report, check, Level::Error), "whether it is running");
        }
    }
    // The proxy's own word.
    let site = start_site(|_| answer(503, &[], "not ready"));
    let report = look(&site).await;
    only_with(&report, "readyz", Level::Error, "The proxy is not ready");
}

#[actix_web::test]
async fn a_site_that_is_opened_elsewhere_than_public_url_says_is_found_out() {
    let (proxy, _folder) = good_site("/h5", &movable()).await;
    let port = proxy.address.port();
    for elsewhere in [
        format!("http://localhost:{port}/h5"),
        format!("http://127.0.0.1:{port}"),
    ] {
        let report = look(&elsewhere).await;
        let moved = only_with(&report, "public_url", Level::Warning, &elsewhere);
        let public_url = format!("http://127.0.0.1:{port}/h5");
        assert!(moved.what.contains(&public_url), "{moved}");
        for check in ["base", "wasm", "cookie_path"] {
            only(&report, check, Level::Ok);
        }
    }
}

#[actix_web::test]
async fn a_public_url_where_the_app_is_not_is_an_error() {
    let address = test_support::addresses::free_address();
    let here = format!("http://{address}");
    let back = format!("{here}/");
    let away = format!("http://localhost:{}/login?x=SECRET", address.port());
    let sends_back = start_site(move |_| answer(301, &[("Location", &back)], ""));
    let sends_away = start_site(move |_| answer(302, &[("Location", &away)], ""));
    let other = start_site(|_| answer(200, &[HTML], PAGE));
    let (good, _folder) = good_site("", PAGE).await;
    for (public_url, word) in [
        (sends_back.as_str(), "sent back from there"),
        (&sends_away, "where the app is not (HTTP status 302"),
        (&other, "where something else is"),
        (&format!("{other}/h5"), "where something else is"),
        (NO_WECHAT, "does not answer"),
        // A proxy, but with another public_url.
        (
            &good.base_url.replace("127.0.0.1", "localhost"),
            "something else",
        ),
    ] {
        let address = match public_url == sends_back {
            true => address,
            false => test_support::addresses::free_address(),
        };
        let config = config_with(NO_WECHAT, &[("PUBLIC_URL", public_url), REAL]);
        let proxy = TestProxy::start_at(address, config).await;
        let report = look(&proxy.base_url).await;
        let found = only_with(&report, "public_url", Level::Error, word);
        assert!(!found.to_string().contains("SECRET"), "{found}");
    }
}

/// A site whose proxy is at `/h5`, with this page, which answers a sign-out with this cookie.
async fn site_with(page: &str, cookie: &'static str) -> Report {
    let proxy = TestProxy::alone().await;
    let bootstrap = proxy.get("/api/bootstrap").await.string().await;
    let address = test_support::addresses::free_address();
    let here = format!("http://{address}/h5");
    let bootstrap = bootstrap.replace("http://127.0.0.1:8080", &here);
    let page = page.to_owned();
    let url = start_site_at(address, move |request| {
        match (request.method().as_str(), request.path()) {
            ("DELETE", "/h5/api/session") => answer(204, &[("Set-Cookie", cookie)], ""),
            (_, "/h5/api/bootstrap") => answer(200, &[JSON], &bootstrap),
            _ => answer(200, &[HTML], &page),
        }
    });
    look(&format!("{url}/h5")).await
}

#[actix_web::test]
async fn a_cookie_that_does_not_come_back_or_goes_to_others_is_found_out() {
    let page = movable().replace("href=\"/\"", "href=\"/h5/\"");
    for (cookie, level) in [
        ("__Secure-wechat_login=; Secure; Path=/h5", Level::Ok),
        ("__Secure-wechat_login=; Path=/h", Level::Error),
        ("__Secure-wechat_login=; Path=/other", Level::Error),
        ("__Host-wechat_login=; Path=/h5", Level::Error),
        ("__Host-wechat_login=; Path=/", Level::Warning),
        ("visit=1; Path=/", Level::Skipped),
    ] {
        let report = site_with(&page, cookie).await;
        only(&report, "cookie_path", level);
        only(&report, "base", Level::Ok);
    }
}

#[actix_web::test]
async fn a_page_that_was_not_told_its_path_is_found_out() {
    for page in [movable(), PAGE.to_owned()] {
        // Where such a page looks for its API at the root, there is nobody to say what is wrong with it.
        let page = page
            .replace("\"api/", "\"/h5/api/")
            .replace("\"/api/", "\"/h5/api/");
        let report = site_with(&page, "").await;
        only_with(&report, "base", Level::Error, "relative to /, ");
    }
}

#[actix_web::test]
async fn a_host_that_answers_its_page_for_everything_is_found_out() {
    let visit = ("Set-Cookie", "visit=abc; Path=/");
    let url = start_site(move |_| answer(200, &[HTML, visit], PAGE));
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
            return answer(404, &[("Cache-Control", "public, max-age=86400")], "");
        }
        let headers = [HTML, (POLICY, policy), ("Cache-Control", "no-cache")];
        answer(200, &headers, &page)
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
        let script = ("Content-Type", "text/javascript");
        let url = start_site(move |_| answer(200, &[script, (POLICY, policy)], PAGE));
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
