//! The app's files, where `static_dir` names them.

use api_types::ErrorCode;
use reqwest::{Method, Response};
use tempfile::TempDir;

use crate::helpers::{TestProxy, config, error_of};

const SCRIPT: &str = "/app-0123456789abcdef.js";
const WASM: &str = "/app-0123456789abcdef_bg.wasm";

struct Site {
    proxy: TestProxy,
    _folder: TempDir,
}

impl Site {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, content: &str| {
            std::fs::write(folder.path().join(name.trim_start_matches('/')), content).unwrap();
        };
        write("index.html", "<!doctype html><title>app</title>");
        write(SCRIPT, "export {};");
        write(WASM, "\0asm");
        write("favicon.svg", "<svg/>");
        write(".env", "hidden");
        std::fs::create_dir(folder.path().join("assets")).unwrap();
        let mut config = config("http://127.0.0.1:9");
        config.static_dir = Some(folder.path().to_owned());
        Self {
            proxy: TestProxy::start_with(config).await,
            _folder: folder,
        }
    }

    /// As a browser opens a page.
    async fn navigate(&self, path: &str) -> Response {
        let request = self.proxy.request(Method::GET, path);
        let accept = "text/html,application/xhtml+xml,*/*;q=0.8";
        request.header("Accept", accept).send().await.unwrap()
    }
}

#[actix_web::test]
async fn pages_of_the_app_get_the_index_with_careful_headers() {
    let site = Site::start().await;
    for path in [
        "/",
        "/index.html",
        "/profile",
        "/orders/2024?code=c&state=s",
    ] {
        let response = site.navigate(path).await;
        assert_eq!(response.status(), 200, "{path}");
        let headers = response.headers().clone();
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(headers["cache-control"], "no-cache");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(
            response
                .text()
                .await
                .unwrap()
                .contains("<title>app</title>")
        );
    }
}

#[actix_web::test]
async fn hashed_files_are_cached_forever_and_others_are_not() {
    let site = Site::start().await;
    let forever = "public, max-age=31536000, immutable";
    for (path, kind, cache) in [
        (SCRIPT, "text/javascript", forever),
        (WASM, "application/wasm", forever),
        ("/favicon.svg", "image/svg+xml", "no-cache"),
    ] {
        let response = site.proxy.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["content-type"], kind);
        assert_eq!(response.headers()["cache-control"], cache);
    }
}

#[actix_web::test]
async fn a_missing_file_is_not_found_and_never_a_page() {
    let site = Site::start().await;
    for path in [
        "/app-ffffffffffffffff.js",
        "/missing.css",
        "/MP_verify_x.txt",
        "/.env",
    ] {
        error_of(site.navigate(path).await, 404, ErrorCode::NotFound).await;
    }
    // The client library would tidy this one up before sending it.
    assert!(
        site.proxy
            .raw("GET /../x.js HTTP/1.1")
            .await
            .starts_with("HTTP/1.1 404 ")
    );
    // Not opened by a person: a script's fetch, for example.
    for path in ["/profile", "/assets"] {
        error_of(site.proxy.get(path).await, 404, ErrorCode::NotFound).await;
    }
}

#[actix_web::test]
async fn the_api_never_falls_back_to_a_page() {
    let site = Site::start().await;
    for path in ["/api", "/api/", "/api/unknown", "/api/session/x"] {
        error_of(site.navigate(path).await, 404, ErrorCode::NotFound).await;
    }
    let response = site
        .proxy
        .request(Method::POST, "/profile")
        .send()
        .await
        .unwrap();
    error_of(response, 404, ErrorCode::NotFound).await;
}

#[actix_web::test]
async fn an_unchanged_file_is_not_sent_again() {
    let site = Site::start().await;
    let etag = site.navigate("/").await.headers()["etag"].clone();
    let request = site
        .proxy
        .request(Method::GET, "/")
        .header("Accept", "text/html");
    let response = request.header("If-None-Match", etag).send().await.unwrap();
    assert_eq!(response.status(), 304);
}
