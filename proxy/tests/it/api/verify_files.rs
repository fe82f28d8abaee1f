//! WeChat's domain verification files.

use crate::support::*;

const NAME: &str = "/MP_verify_AbCdEf0123456789.txt";

/// With one configured file, and the app in `static_dir` with another file beside it.
async fn start() -> (TestProxy, tempfile::TempDir) {
    let app = [
        ("index.html", "<title>app</title>"),
        ("MP_verify_copied.txt", "copied"),
    ];
    let folder = folder_of(&app);
    let proxy = TestProxy::alone_with(&[
        ("STATIC_DIR", folder.path().to_str().unwrap()),
        ("ACCOUNTS__CAFE__VERIFY_FILES", NAME.trim_start_matches('/')),
    ])
    .await;
    (proxy, folder)
}

#[actix_web::test]
async fn a_configured_file_of_any_account_is_answered_as_plain_text() {
    let (proxy, _folder) = start().await;
    let response = proxy.get(NAME).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(response.header("cache-control"), "no-cache");
    assert_eq!(response.string().await, "AbCdEf0123456789");

    let head = proxy.ask(&format!("HEAD {NAME}"), &[]).await;
    assert_eq!(head.status(), 200);
    assert_eq!(head.header("content-length"), "16");
    let post = proxy.ask(&format!("POST {NAME}"), &[]).await;
    assert_eq!(post.header("allow"), "GET, HEAD");
    post.error(405, InvalidRequest).await;
}

#[actix_web::test]
async fn an_unknown_file_is_missing_even_where_a_browser_would_get_the_page() {
    let (proxy, _folder) = start().await;
    for path in [
        "/MP_verify_AbCdEf0123456788.txt",
        "/MP_verify_AbCdEf0123456789.html",
        "/MP_verify_AbCdEf0123456789",
        "/MP_verify_a/b",
    ] {
        let line = format!("GET {path}");
        let response = proxy.ask(&line, &[("Accept", "text/html")]).await;
        response.error(404, NotFound).await;
    }
}

#[actix_web::test]
async fn a_file_copied_beside_the_app_is_answered_too() {
    let (proxy, _folder) = start().await;
    let response = proxy.get("/MP_verify_copied.txt").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.string().await, "copied");
}
