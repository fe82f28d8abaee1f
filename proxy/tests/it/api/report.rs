//! What a page reports when the app is not there to speak for itself.

use crate::support::*;

async fn report(proxy: &TestProxy, user_agent: &str, body: &str) -> Response {
    let headers = [("Content-Type", "text/plain"), ("User-Agent", user_agent)];
    proxy
        .send("POST /api/report", &headers, body.to_owned())
        .await
}

#[actix_web::test]
async fn a_report_is_one_line_with_the_phones_user_agent() {
    let proxy = TestProxy::alone().await;
    let body = r#"{"code":"app_crashed","request_id":"0123456789abcdef"}"#;
    let answer = report(&proxy, "PhoneOfThisTest/1.0", body).await;
    assert_eq!(answer.status(), 204);
    let log = captured_log();
    let lines = log
        .lines()
        .filter(|line| line.contains("PhoneOfThisTest/1.0"));
    let lines: Vec<&str> = lines.collect();
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(lines[0].contains("app_crashed"));
    assert!(lines[0].contains("0123456789abcdef"));
}

#[actix_web::test]
async fn nothing_but_a_known_code_and_a_number_like_ours_reaches_the_log() {
    let proxy = TestProxy::alone().await;
    let marker = "oSomebodysOpenidInAReport";
    for body in [
        &format!(r#"{{"code":"{marker}"}}"#),
        &format!(r#"{{"code":"app_crashed","message":"{marker}"}}"#),
        &format!(r#"["{marker}"]"#),
        r#"["app_crashed", null]"#,
        marker,
        "",
    ] {
        report(&proxy, "x", body)
            .await
            .error(400, InvalidRequest)
            .await;
    }
    let body = format!(r#"{{"code":"app_crashed","request_id":"{marker}"}}"#);
    assert_eq!(report(&proxy, "x", &body).await.status(), 204);
    assert_not_logged(&[marker]);
}

#[actix_web::test]
async fn a_flood_of_reports_writes_sixty_lines_a_minute() {
    let proxy = TestProxy::alone().await;
    for _ in 0..100 {
        let body = r#"{"code":"app_not_loaded"}"#;
        assert_eq!(report(&proxy, "FloodOfThisTest", body).await.status(), 204);
    }
    assert_eq!(captured_log().matches("FloodOfThisTest").count(), 60);
}
