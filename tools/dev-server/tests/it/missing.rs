//! Programs that are not running.

use actix_web::HttpResponse;
use api_types::{ApiErrorBody, ErrorCode};
use test_support::addresses::free_address;
use test_support::wire::status;

use crate::support::*;

#[actix_web::test]
async fn without_the_proxy_the_api_says_so_in_its_own_shape() {
    let wanted = Wanted::default();
    let site = Site::wanted(&wanted);
    for line in [
        "GET /api/bootstrap",
        "GET /api/session",
        "DELETE /api/session",
    ] {
        let answer = site.ask(line, &["Accept: */*"]).await;
        assert_eq!(status(&answer), 502);
        assert_eq!(header(&answer, "content-type"), Some("application/json"));
        assert_eq!(header(&answer, "cache-control"), Some("no-store"));
        let ApiErrorBody { error } = serde_json::from_str(body(&answer)).unwrap();
        assert_eq!(error.code, ErrorCode::Internal);
        assert_eq!(header(&answer, "x-request-id"), Some(&*error.request_id));
        assert_eq!(
            error.message,
            format!(
                "The proxy at {} does not answer: `make dev` starts it, or `cargo run -p wechat-login-proxy -- serve \
                 --config proxy/dev.toml`.",
                wanted.proxy
            )
        );
    }
    let answer = site
        .ask("GET /api/session", &["Accept-Language: zh-CN"])
        .await;
    assert!(
        body(&answer).contains(&format!("代理（{}）没有响应", wanted.proxy)),
        "{answer}"
    );
}

#[actix_web::test]
async fn without_the_proxy_somebody_who_opens_one_of_its_pages_gets_a_page() {
    let wanted = Wanted::default();
    let site = Site::wanted(&wanted);
    for path in ["/api/scan/x", "/MP_verify_0123456789abcdef.txt"] {
        let answer = site.open(path).await;
        assert_eq!(status(&answer), 502);
        assert_eq!(
            header(&answer, "content-type"),
            Some("text/html; charset=utf-8")
        );
        let words = [&wanted.proxy.to_string(), "make dev"];
        assert!(
            words.iter().all(|it| body(&answer).contains(*it)),
            "{answer}"
        );
    }
    // The app's pages are there, and say it themselves.
    assert_eq!(status(&site.open("/").await), 200);
}

#[actix_web::test]
async fn a_guest_is_not_sent_to_a_simulator_that_is_not_there() {
    // The port that the answers below name.
    const NOBODY: &str = "127.0.0.1:9";
    let guest = r#"{"authorize_url_base":"http://127.0.0.1:9/connect","session":null}"#;
    assert!(std::net::TcpStream::connect(NOBODY).is_err());
    let proxy = Upstream::start(|request| {
        let has_session = request.headers().contains_key("cookie");
        let session = if has_session { "{}" } else { "null" };
        let base = "http://127.0.0.1:9/connect";
        let text = format!("{{\"authorize_url_base\":\"{base}\",\"session\":{session}}}");
        HttpResponse::Ok()
            .content_type("application/json")
            .body(text)
    });
    let wanted = Wanted {
        proxy: proxy.address,
        simulator: NOBODY.parse().unwrap(),
        ..Wanted::default()
    };
    let site = Site::wanted(&wanted);
    let answer = site.ask("GET /api/bootstrap", &[]).await;
    assert_eq!(status(&answer), 502);
    let ApiErrorBody { error } = serde_json::from_str(body(&answer)).unwrap();
    let start = format!("The simulator at {NOBODY} does not answer");
    assert!(error.message.starts_with(&start), "{}", error.message);
    // Whoever is signed in needs none.
    let answer = site.ask("GET /api/bootstrap", &["Cookie: a=1"]).await;
    assert_eq!(status(&answer), 200, "{answer}");
    // Nor does a site whose WeChat is another one.
    let wanted = Wanted {
        proxy: proxy.address,
        simulator: free_address(),
        ..Wanted::default()
    };
    let site = Site::wanted(&wanted);
    let answer = site
        .ask("GET /api/bootstrap", &["Accept-Encoding: br"])
        .await;
    assert_eq!((status(&answer), body(&answer)), (200, guest));
}
