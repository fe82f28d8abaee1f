//! The app's files, where `static_dir` names them.

mod negotiation;

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use tempfile::TempDir;

use crate::support::*;

const SCRIPT: &str = "/app-0123456789abcdef.js";
const WASM: &str = "/app-0123456789abcdef_bg.wasm";

const SCRIPT_TEXT: &str = "export {};";
const TITLE: &str = "<title>app</title>";

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
        let page = format!("<!doctype html>{TITLE}");
        let folder = folder_of(&[
            ("index.html", page.as_str()),
            (SCRIPT, SCRIPT_TEXT),
            (WASM, "\0asm"),
            ("favicon.svg", "<svg/>"),
            (".env", "hidden"),
        ]);
        let compressed = [
            (&*format!("{SCRIPT}.br"), brotli(SCRIPT_TEXT)),
            (&*format!("{SCRIPT}.gz"), gzip(SCRIPT_TEXT)),
            // Somebody changed the file and not its compressed copies.
            ("index.html.br", brotli("<title>old</title>")),
            ("index.html.gz", b"no gzip".to_vec()),
        ];
        add_files(folder.path(), &compressed);
        std::fs::create_dir(folder.path().join("assets")).unwrap();
        Self {
            proxy: TestProxy::serving(folder.path()).await,
            _folder: folder,
        }
    }

    /// With this header.
    async fn get_with(&self, path: &str, name: &str, value: &str) -> Response {
        self.proxy
            .ask(&format!("GET {path}"), &[(name, value)])
            .await
    }

    /// As a browser opens a page.
    async fn navigate(&self, path: &str) -> Response {
        let accept = "text/html,application/xhtml+xml,*/*;q=0.8";
        self.get_with(path, "Accept", accept).await
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
        assert_eq!(response.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(response.header("cache-control"), "no-cache");
        assert_eq!(response.header("referrer-policy"), "no-referrer");
        assert_eq!(response.header("x-content-type-options"), "nosniff");
        assert!(response.string().await.contains(TITLE));
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
        assert_eq!(response.header("content-type"), kind);
        assert_eq!(response.header("cache-control"), cache);
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
        site.navigate(path).await.error(404, NotFound).await;
    }
    // The client library would tidy this one up before sending it.
    let answer = raw(&site.proxy, "GET /../x.js", "Accept: text/html\r\n").await;
    assert_eq!(status(&answer), 404);
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
        "/metrics",
        "/healthz/x",
    ] {
        site.navigate(path).await.error(404, NotFound).await;
    }
    let response = site.proxy.ask("POST /profile", &[]).await;
    response.error(404, NotFound).await;
}

#[actix_web::test]
async fn a_compressed_copy_of_something_else_is_never_sent() {
    let site = Site::start().await;
    for accepted in ["br", "gzip"] {
        let response = site.get_with("/", "Accept-Encoding", accepted).await;
        assert!(!response.has("content-encoding"));
        assert!(response.string().await.contains(TITLE));
    }
}

#[actix_web::test]
async fn a_page_says_what_it_may_do_and_an_old_engine_is_told_in_its_words() {
    let site = Site::start().await;
    let policy = async |user_agent: &str| {
        let headers = [("Accept", "text/html"), ("User-Agent", user_agent)];
        let response = site.proxy.ask("GET /orders", &headers).await;
        let vary: Vec<_> = response.headers().get_all("vary").iter().collect();
        assert_eq!(vary, ["Accept-Encoding", "User-Agent"]);
        response.header("content-security-policy").to_owned()
    };
    let strict = policy("Chrome/116.0").await;
    let beginning = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval';";
    assert!(strict.starts_with(beginning), "{strict}");
    // The simulator's pictures, because this proxy is configured for one.
    let pictures = "https://*.qlogo.cn http://127.0.0.1:9;";
    assert!(strict.contains(pictures), "{strict}");
    let old = policy("Chrome/86.0.1").await;
    assert_eq!(old, strict.replace("'wasm-unsafe-eval'", "'unsafe-eval'"));
}

#[actix_web::test]
async fn what_is_no_page_may_do_nothing() {
    let site = Site::start().await;
    for path in [SCRIPT, "/api/bootstrap", "/api/unknown", "/missing.js"] {
        let response = site.proxy.get(path).await;
        let policy = response.header("content-security-policy");
        assert_eq!(
            policy, "default-src 'none'; frame-ancestors 'none'",
            "{path}"
        );
        assert_eq!(response.header("referrer-policy"), "no-referrer");
        assert_eq!(response.header("x-frame-options"), "DENY");
        assert!(!response.has("strict-transport-security"));
    }
}

#[actix_web::test]
async fn the_service_worker_may_ask_this_site_and_is_asked_for_each_time() {
    let folder = folder_of(&[("index.html", "<p>"), ("sw.js", "oninstall = null")]);
    let proxy = TestProxy::alone_with(&[("STATIC_DIR", folder.path().to_str().unwrap())]).await;
    let response = proxy.get("/sw.js?/app_bg.wasm").await;
    assert_eq!(response.header("content-type"), "text/javascript");
    assert_eq!(response.header("cache-control"), "no-cache");
    assert_eq!(
        response.header("content-security-policy"),
        "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"
    );
}

#[actix_web::test]
async fn an_unchanged_file_is_not_sent_again() {
    let site = Site::start().await;
    let etag = etag_of(&site.navigate("/").await);
    let ask = async |tags: &str| site.get_with("/", "If-None-Match", tags).await;
    let (weak, listed) = (format!("W/{etag}"), format!("\"other\", \"茶\" ,{etag}"));
    for tags in [&etag, &weak, &listed, "*"] {
        let response = ask(tags).await;
        assert_eq!(response.status(), 304);
        assert_eq!(response.header("cache-control"), "no-cache");
        assert_eq!(response.string().await, "");
    }
    for tags in ["\"other\"", etag.trim_matches('"'), "\"*\""] {
        assert_eq!(ask(tags).await.status(), 200, "{tags}");
    }
}

#[actix_web::test]
async fn head_says_the_length_and_sends_nothing() {
    let site = Site::start().await;
    let answer = raw(&site.proxy, &format!("HEAD {SCRIPT}"), "").await;
    let answer = answer.to_lowercase();
    assert!(answer.contains("\r\ncontent-length: 10\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
}

#[actix_web::test]
async fn browsers_are_kept_to_https_where_the_operator_says_so() {
    let mut config = config(NO_WECHAT);
    config.hsts_max_age_days = Some(180);
    let proxy = TestProxy::start_with(config).await;
    for path in ["/api/bootstrap", "/unknown"] {
        let response = proxy.get(path).await;
        let kept = response.header("strict-transport-security");
        assert_eq!(kept, "max-age=15552000");
    }
}

#[actix_web::test]
async fn below_a_path_the_page_says_so_and_its_compressed_copies_with_it() {
    let page = format!("<!doctype html><base href=\"/\" />{TITLE}<script>alert(1)</script>");
    let folder = folder_of(&[("index.html", page.as_str()), (SCRIPT, SCRIPT_TEXT)]);
    let copies = [
        ("index.html.br", brotli(&page)),
        ("index.html.gz", gzip(&page)),
    ];
    add_files(folder.path(), &copies);
    let at = async |path: &str, encoding: &str, site: &str| {
        let app = folder.path().to_str().unwrap();
        let settings = [("PUBLIC_URL", site), ("STATIC_DIR", app)];
        let proxy = TestProxy::alone_with(&settings).await;
        let headers = [("Accept-Encoding", encoding)];
        let answer = proxy.ask(&format!("GET {path}"), &headers).await;
        assert_eq!(answer.code(), 200);
        let policy = answer.header("content-security-policy").to_owned();
        let etag = etag_of(&answer);
        (answer.bytes().await.unwrap().to_vec(), etag, policy)
    };
    let moved = page.replace("href=\"/\"", "href=\"/h5/\"");
    let site = "https://shop.example/h5";
    for encoding in ["identity", "br", "gzip"] {
        let (bytes, etag, policy) = at("/h5/orders", encoding, site).await;
        let mut text = Vec::new();
        let read = match encoding {
            "br" => brotli::Decompressor::new(&bytes[..], 4096).read_to_end(&mut text),
            "gzip" => GzDecoder::new(&bytes[..]).read_to_end(&mut text),
            _ => (&bytes[..]).read_to_end(&mut text),
        };
        read.unwrap();
        assert_eq!(text, moved.as_bytes(), "{encoding}");
        // One that strips the prefix gets the same, and the root of the host another page.
        assert_eq!(at("/", encoding, site).await.0, bytes);
        let at_the_root = at("/", encoding, "https://shop.example").await;
        assert_ne!(at_the_root.1, etag);
        assert_eq!(at_the_root.2, policy);
        assert!(policy.contains("; base-uri 'self'; "), "{policy}");
    }
}
