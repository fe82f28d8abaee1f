//! What Prometheus reads.

use std::collections::BTreeSet;
use std::net::TcpListener;

use wechat_login_proxy::http::metrics_server;

use crate::support::*;

/// Who reads the metrics of a proxy, on an address of their own.
fn reader(proxy: &TestProxy) -> Caller {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    // Ends with the test's runtime.
    let running = metrics_server::serve(proxy.state.clone(), listener);
    actix_web::rt::spawn(running.unwrap());
    Caller::new(base_url, None)
}

/// The metrics of a proxy.
async fn metrics(proxy: &TestProxy) -> String {
    reader(proxy).get("/metrics").await.string().await
}

/// A proxy to which all kinds of things happened.
async fn busy_proxy() -> TestProxy {
    let (_upstream, proxy) = scripted([
        granted("snsapi_userinfo"),
        Reply::Status(500),
        named(),
        Reply::Body(error_body(40029, "invalid code")),
        Reply::Body(error_body(40125, "invalid appsecret")),
        Reply::Body(error_body(77777, "new to us")),
        Reply::Cut,
    ])
    .await;
    proxy.get("/api/bootstrap").await;
    for _ in 0..2 {
        proxy.sign_in("code-1", VERIFIER).await.session().await;
    }
    proxy.sign_in("code-1", OTHER_VERIFIER).await;
    for code in ["code-2", "code-3", "code-4", "code-5"] {
        proxy.sign_in(code, VERIFIER).await;
    }
    let report = r#"{"code":"app_crashed"}"#;
    proxy.send("POST /api/report", &[], report).await;
    proxy.get("/healthz").await;
    proxy
}

#[actix_web::test]
async fn what_happened_is_counted() {
    let text = metrics(&busy_proxy().await).await;
    for line in include_str!("metrics.txt").lines() {
        let is_there = text.lines().any(|it| it == line);
        assert!(is_there, "{line} is not in:\n{text}");
    }
}

#[actix_web::test]
async fn figures_tell_nothing_about_anybody() {
    let text = metrics(&busy_proxy().await).await;
    for hidden in [SECRET, OPENID, UNIONID, VERIFIER, ACCESS_TOKEN] {
        assert!(!text.contains(hidden), "{hidden}");
    }
    assert!(!text.contains("code-1") && !text.contains("小明"), "{text}");
}

#[actix_web::test]
async fn the_documented_figures_are_those_there_are() {
    // The one that needs a failure no other test here has.
    let dead = TestProxy::alone().await;
    dead.state.store.close().await;
    assert_eq!(dead.get("/readyz").await.status(), 503);
    dead.state.metrics.scan_went_on("begun");
    let text = metrics(&busy_proxy().await).await + &metrics(&dead).await;
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let found = lines.filter_map(|line| line.split(['{', ' ']).next());
    // Without what a histogram appends.
    let found = found.map(|name| {
        let mut ends = ["_bucket", "_count", "_sum"].into_iter();
        ends.find_map(|end| name.strip_suffix(end)).unwrap_or(name)
    });

    let document = include_str!("../../../../docs/en/telemetry.md");
    let rows = document
        .lines()
        .filter(|line| line.starts_with("| `wechat_login_") || line.starts_with("| `process_"));
    let names = rows.flat_map(|row| row.split('|').nth(1).unwrap_or_default().split(','));
    let documented: BTreeSet<&str> = names.map(|name| name.trim().trim_matches('`')).collect();
    assert_eq!(found.collect::<BTreeSet<_>>(), documented);

    let alerts = include_str!("../../../../docs/deploy/alerts.yml");
    let words = alerts.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    for word in words.filter(|word| word.starts_with("wechat_login_")) {
        let name = word.trim_end_matches("_bucket");
        assert!(documented.contains(name), "{word}");
    }
}

#[actix_web::test]
async fn strange_requests_do_not_make_more_and_more_series() {
    let proxy = TestProxy::alone().await;
    let reader = reader(&proxy);
    let hammer = async |from: u32, to: u32| {
        for number in from..to {
            let agent = format!("Chrome/{} MicroMessenger/{number}", number + 1000);
            for line in [
                format!("M{number} /api/session"),
                format!("GET /random/{number}"),
                format!("GET /api/records/kind/key{number}"),
                "GET /api/bootstrap".to_owned(),
            ] {
                proxy.ask(&line, &[("User-Agent", &agent)]).await;
            }
        }
        let metrics = reader.get("/metrics").await.string().await;
        metrics.lines().count()
    };
    let after_few = hammer(10, 20).await;
    let after_many = hammer(20, 300).await;
    assert_eq!(after_few, after_many);
}

#[actix_web::test]
async fn figures_are_on_their_own_address_and_on_no_other() {
    let proxy = TestProxy::alone().await;
    let reader = reader(&proxy);
    assert_eq!(proxy.get("/metrics").await.status(), 404);
    assert_eq!(reader.get("/api/bootstrap").await.status(), 404);
    let response = reader.get("/metrics").await;
    assert_eq!(response.status(), 200);
    let kind = response.header("content-type");
    let expected = "application/openmetrics-text; version=1.0.0";
    assert!(kind.starts_with(expected), "{kind}");
    assert!(response.string().await.ends_with("# EOF\n"));
}
