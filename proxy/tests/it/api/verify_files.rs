//! WeChat's domain verification files.

use api_types::ErrorCode;
use reqwest::Method;
use wechat_login_proxy::config::VerifyFile;

use crate::helpers::{TestProxy, config, error_of};

const NAME: &str = "/MP_verify_AbCdEf0123456789.txt";

/// With one configured file, and the app in `static_dir` with another file beside it.
async fn start() -> (TestProxy, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<title>app</title>").unwrap();
    std::fs::write(folder.path().join("MP_verify_copied.txt"), "copied").unwrap();
    let mut config = config("http://127.0.0.1:9");
    config.static_dir = Some(folder.path().to_owned());
    let cafe = config.accounts.get_mut("cafe").unwrap();
    cafe.verify_files
        .push(VerifyFile::parse(NAME.trim_start_matches('/')).unwrap());
    (TestProxy::start_with(config).await, folder)
}

#[actix_web::test]
async fn a_configured_file_of_any_account_is_answered_as_plain_text() {
    let (proxy, _folder) = start().await;
    let response = proxy.get(NAME).await;
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.headers()["content-type"],
        "text/plain; charset=utf-8"
    );
    assert_eq!(response.headers()["cache-control"], "no-cache");
    assert_eq!(response.text().await.unwrap(), "AbCdEf0123456789");

    let head = proxy.request(Method::HEAD, NAME).send().await.unwrap();
    assert_eq!(head.status(), 200);
    assert_eq!(head.headers()["content-length"], "16");
    let post = proxy.request(Method::POST, NAME).send().await.unwrap();
    assert_eq!(post.headers()["allow"], "GET, HEAD");
    error_of(post, 405, ErrorCode::InvalidRequest).await;
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
        let request = proxy.request(Method::GET, path);
        let response = request.header("Accept", "text/html").send().await.unwrap();
        error_of(response, 404, ErrorCode::NotFound).await;
    }
}

#[actix_web::test]
async fn a_file_copied_beside_the_app_is_answered_too() {
    let (proxy, _folder) = start().await;
    let response = proxy.get("/MP_verify_copied.txt").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.text().await.unwrap(), "copied");
}
