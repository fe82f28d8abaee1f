//! The app's files, where `static_dir` names them.

mod negotiation;

use std::io::Write as _;

use api_types::ErrorCode;
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::{Method, Response};
use tempfile::TempDir;

use crate::helpers::{TestProxy, config, error_of};

const SCRIPT: &str = "/app-0123456789abcdef.js";
const WASM: &str = "/app-0123456789abcdef_bg.wasm";

const SCRIPT_TEXT: &str = "export {};";

fn brotli(text: &str) -> Vec<u8> {
    let mut compressor = brotli::CompressorWriter::new(Vec::new(), 4096, 11, 22);
    compressor.write_all(text.as_bytes()).unwrap();
    compressor.into_inner()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut compressor = GzEncoder::new(Vec::new(), Compression::best());
    compressor.write_all(text.as_bytes()).unwrap();
    compressor.finish().unwrap()
}

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
        write(SCRIPT, SCRIPT_TEXT);
        write(WASM, "\0asm");
        let compressed = |name: &str, bytes: Vec<u8>| {
            std::fs::write(folder.path().join(name.trim_start_matches('/')), bytes).unwrap();
        };
        compressed(&format!("{SCRIPT}.br"), brotli(SCRIPT_TEXT));
        compressed(&format!("{SCRIPT}.gz"), gzip(SCRIPT_TEXT));
        // Somebody changed the file and not its compressed copies.
        compressed("index.html.br", brotli("<title>old</title>"));
        compressed("index.html.gz", b"no gzip".to_vec());
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
    // Whatever they take.
    for path in ["/app-ffffffffffffffff.js", "/missing", "/MP_verify_x"] {
        let status = site.accepting(path, &[b"application/json"]).await;
        assert_eq!(status, 404, "{path}");
    }
    for path in ["/app-ffffffffffffffff.js", "/MP_verify_x", "/api/x"] {
        assert_eq!(site.accepting(path, &[b"*/*"]).await, 404, "{path}");
        assert_eq!(site.accepting(path, &[]).await, 404, "{path}");
    }
}

#[actix_web::test]
async fn the_api_never_falls_back_to_a_page() {
    let site = Site::start().await;
    for path in [
        "/api",
        "/api/",
        "/api/unknown",
        "/api/session/x",
        "/service/unknown",
        "/metrics",
        "/healthz/x",
    ] {
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
async fn a_compressed_copy_of_something_else_is_never_sent() {
    let site = Site::start().await;
    for accepted in ["br", "gzip"] {
        let request = site.proxy.request(Method::GET, "/");
        let response = request
            .header("Accept-Encoding", accepted)
            .send()
            .await
            .unwrap();
        assert!(!response.headers().contains_key("content-encoding"));
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
async fn a_page_says_what_it_may_do_and_an_old_kernel_is_told_in_its_words() {
    let site = Site::start().await;
    let policy = async |user_agent: &str| {
        let request = site.proxy.request(Method::GET, "/orders");
        let request = request
            .header("Accept", "text/html")
            .header("User-Agent", user_agent);
        let headers = request.send().await.unwrap().headers().clone();
        let vary: Vec<_> = headers.get_all("vary").iter().collect();
        assert_eq!(vary, ["Accept-Encoding", "User-Agent"]);
        headers["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned()
    };
    let strict = policy("Chrome/116.0").await;
    assert!(
        strict.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"),
        "{strict}"
    );
    // The simulator's pictures, because this proxy is configured for one.
    assert!(
        strict.contains("https://*.qlogo.cn http://127.0.0.1:9;"),
        "{strict}"
    );
    let old = policy("Chrome/86.0.1").await;
    assert!(old.contains("'wasm-unsafe-eval' 'unsafe-eval';"), "{old}");
}

#[actix_web::test]
async fn what_is_no_page_may_do_nothing() {
    let site = Site::start().await;
    for path in [SCRIPT, "/api/bootstrap", "/api/unknown", "/missing.js"] {
        let headers = site.proxy.get(path).await.headers().clone();
        assert_eq!(
            headers["content-security-policy"], "default-src 'none'; frame-ancestors 'none'",
            "{path}"
        );
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["x-frame-options"], "DENY");
        assert!(!headers.contains_key("strict-transport-security"));
    }
}

#[actix_web::test]
async fn an_unchanged_file_is_not_sent_again() {
    let site = Site::start().await;
    let etag = site.navigate("/").await.headers()["etag"].clone();
    let etag = etag.to_str().unwrap();
    let ask = async |tags: String| {
        let request = site.proxy.request(Method::GET, "/");
        let request = request.header("If-None-Match", tags.as_bytes());
        request.send().await.unwrap()
    };
    for tags in [
        etag.to_owned(),
        format!("W/{etag}"),
        format!("\"other\", \"茶\" ,{etag}"),
        "*".to_owned(),
    ] {
        let response = ask(tags).await;
        assert_eq!(response.status(), 304);
        assert_eq!(response.headers()["cache-control"], "no-cache");
        assert_eq!(response.bytes().await.unwrap(), "");
    }
    for tags in ["\"other\"", etag.trim_matches('"'), "\"*\""] {
        assert_eq!(ask(tags.to_owned()).await.status(), 200, "{tags}");
    }
}

#[actix_web::test]
async fn head_says_the_length_and_sends_nothing() {
    let site = Site::start().await;
    let answer = site
        .proxy
        .raw(&format!("HEAD {SCRIPT} HTTP/1.1"))
        .await
        .to_lowercase();
    assert!(answer.contains("\r\ncontent-length: 10\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
}

#[actix_web::test]
async fn browsers_are_kept_to_https_where_the_operator_says_so() {
    let mut config = config("http://127.0.0.1:9");
    config.hsts_max_age_days = Some(180);
    let proxy = TestProxy::start_with(config).await;
    for path in ["/api/bootstrap", "/unknown"] {
        let headers = proxy.get(path).await.headers().clone();
        assert_eq!(headers["strict-transport-security"], "max-age=15552000");
    }
}
