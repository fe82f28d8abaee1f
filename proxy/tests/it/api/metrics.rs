//! What Prometheus reads.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::TcpListener;

use test_support::document;
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

/// A metric as Prometheus is told of it.
#[derive(Default)]
struct Documented {
    kind: String,
    help: String,
    labels: Vec<String>,
}

/// All metrics of these texts, by name.
fn documented(text: &str) -> BTreeMap<String, Documented> {
    let mut metrics: BTreeMap<String, Documented> = BTreeMap::new();
    let mut name = String::new();
    let mut help = "";
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            help = rest.split_once(' ').unwrap().1;
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (beginning, kind) = rest.split_once(' ').unwrap();
            let end = if kind == "counter" { "_total" } else { "" };
            name = format!("{beginning}{end}");
            let metric = metrics.entry(name.clone()).or_default();
            kind.clone_into(&mut metric.kind);
            help.trim_end_matches('.').clone_into(&mut metric.help);
        } else if let Some((_, labels)) = line.split_once('{') {
            let metric = metrics.get_mut(&name).unwrap();
            let labels = labels.rsplit_once('}').unwrap().0;
            let labels = labels.split(',').filter_map(|label| label.split_once('='));
            for (label, value) in labels {
                let value = value.trim_matches('"');
                // Values that only this program's words can be are explained.
                let is_word = matches!(label, "outcome" | "how" | "state" | "step" | "engine");
                let mut words = metric.help.split([' ', ',', ':', '.', '(', ')']);
                assert!(
                    !is_word || words.any(|word| word == value),
                    "{name}: {value}"
                );
                if label != "le" && !metric.labels.iter().any(|it| it == label) {
                    metric.labels.push(label.to_owned());
                }
            }
        }
    }
    metrics
}

#[actix_web::test]
async fn the_documented_figures_are_those_there_are() {
    // The one that needs a failure no other test here has.
    let dead = TestProxy::alone().await;
    dead.state.store.close().await;
    assert_eq!(dead.get("/readyz").await.status(), 503);
    dead.state.metrics.scan_went_on("begun");
    let text = metrics(&busy_proxy().await).await + &metrics(&dead).await;
    let metrics = documented(&text);

    let mut table = "| name | type | labels | meaning |\n|---|---|---|---|\n".to_owned();
    for (name, metric) in &metrics {
        let labels: Vec<String> = metric.labels.iter().map(|it| format!("`{it}`")).collect();
        let (kind, labels, help) = (&metric.kind, labels.join(", "), &metric.help);
        writeln!(table, "| `{name}` | {kind} | {labels} | {help} |").unwrap();
    }
    document::compare("metrics.en.md", &table);
    let chinese = document::translated(&table, include_str!("metrics.zh.toml"));
    document::compare("metrics.zh.md", &chinese);

    let alerts = include_str!("../../../../docs/deploy/alerts.yml");
    let words = alerts.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    for word in words.filter(|word| word.starts_with("wechat_login_")) {
        let name = word.trim_end_matches("_bucket");
        assert!(metrics.contains_key(name), "{word}");
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
