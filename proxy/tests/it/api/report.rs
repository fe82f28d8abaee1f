//! What a page reports when the app is not there to speak for itself.

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, USER_AGENT};

use crate::helpers::{TestProxy, captured_log, error_of};
use api_types::ErrorCode;

async fn report(proxy: &TestProxy, user_agent: &str, body: String) -> reqwest::Response {
    proxy
        .request(Method::POST, "/api/report")
        .header(CONTENT_TYPE, "text/plain")
        .header(USER_AGENT, user_agent)
        .body(body)
        .send()
        .await
        .unwrap()
}

#[actix_web::test]
async fn a_report_is_one_line_with_the_phones_user_agent() {
    let proxy = TestProxy::start("http://127.0.0.1:1").await;
    let body = r#"{"code":"app_crashed","request_id":"0123456789abcdef"}"#;
    let answer = report(&proxy, "PhoneOfThisTest/1.0", body.to_owned()).await;
    assert_eq!(answer.status(), 204);
    let log = captured_log();
    let lines: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("PhoneOfThisTest/1.0"))
        .collect();
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(lines[0].contains("app_crashed"));
    assert!(lines[0].contains("0123456789abcdef"));
}

#[actix_web::test]
async fn nothing_but_a_known_code_and_a_number_like_ours_reaches_the_log() {
    let proxy = TestProxy::start("http://127.0.0.1:1").await;
    let marker = "oSomebodysOpenidInAReport";
    for body in [
        format!(r#"{{"code":"{marker}"}}"#),
        format!(r#"{{"code":"app_crashed","message":"{marker}"}}"#),
        format!(r#"["{marker}"]"#),
        r#"["app_crashed", null]"#.to_owned(),
        marker.to_owned(),
        String::new(),
    ] {
        let answer = report(&proxy, "x", body).await;
        error_of(answer, 400, ErrorCode::InvalidRequest).await;
    }
    let body = format!(r#"{{"code":"app_crashed","request_id":"{marker}"}}"#);
    assert_eq!(report(&proxy, "x", body).await.status(), 204);
    let long = format!(r#"{{"code":"app_crashed"{}}}"#, " ".repeat(1024));
    error_of(
        report(&proxy, "x", long).await,
        413,
        ErrorCode::InvalidRequest,
    )
    .await;
    assert!(!captured_log().contains(marker));
}

#[actix_web::test]
async fn a_flood_of_reports_writes_sixty_lines_a_minute() {
    let proxy = TestProxy::start("http://127.0.0.1:1").await;
    for _ in 0..100 {
        let body = r#"{"code":"app_not_loaded"}"#.to_owned();
        assert_eq!(report(&proxy, "FloodOfThisTest", body).await.status(), 204);
    }
    assert_eq!(captured_log().matches("FloodOfThisTest").count(), 60);
}
