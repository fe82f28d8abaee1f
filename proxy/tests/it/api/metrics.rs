//! What Prometheus reads.

use std::collections::BTreeSet;
use std::net::TcpListener;

use actix_web::dev::ServerHandle;
use reqwest::Method;
use wechat_login_proxy::metrics::server;

use crate::helpers::{
    OPENID, OTHER_VERIFIER, SECRET, TestProxy, UNIONID, VERIFIER, error_body, session_of,
    token_body, user_info_body,
};
use crate::upstream::{Reply, Upstream};

/// The figures of a proxy, on an address of their own.
struct Figures {
    base_url: String,
    server: ServerHandle,
}

impl Figures {
    fn of(proxy: &TestProxy) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let running = server::serve(proxy.state.clone(), listener).unwrap();
        let server = running.handle();
        actix_web::rt::spawn(running);
        Self { base_url, server }
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        reqwest::Client::builder()
            .no_proxy()
            .build()
            .unwrap()
            .get(format!("{}{path}", self.base_url))
            .send()
            .await
            .unwrap()
    }

    async fn text(&self) -> String {
        self.get("/metrics").await.text().await.unwrap()
    }
}

impl Drop for Figures {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

/// A proxy to which all kinds of things happened.
async fn busy_proxy() -> (TestProxy, Upstream) {
    let upstream = Upstream::start([
        Reply::Body(token_body("snsapi_userinfo")),
        Reply::Status(500),
        Reply::Body(user_info_body()),
        Reply::Body(error_body(40029, "invalid code")),
        Reply::Body(error_body(40125, "invalid appsecret")),
        Reply::Body(error_body(77777, "new to us")),
        Reply::Cut,
    ])
    .await;
    let proxy = TestProxy::start(&upstream.base_url()).await;
    proxy.get("/api/bootstrap").await;
    session_of(proxy.sign_in("code-1", VERIFIER).await).await;
    session_of(proxy.sign_in("code-1", VERIFIER).await).await;
    proxy.sign_in("code-1", OTHER_VERIFIER).await;
    for code in ["code-2", "code-3", "code-4", "code-5"] {
        proxy.sign_in(code, VERIFIER).await;
    }
    let report = proxy.request(Method::POST, "/api/report");
    report
        .body("{\"code\":\"app_crashed\"}")
        .send()
        .await
        .unwrap();
    proxy.get("/healthz").await;
    (proxy, upstream)
}

#[actix_web::test]
async fn what_happened_is_counted() {
    let (proxy, _upstream) = busy_proxy().await;
    let figures = Figures::of(&proxy);
    let text = figures.text().await;
    for line in [
        "wechat_login_exchanges_total{account=\"shop\",outcome=\"ok\"} 1",
        "wechat_login_exchanges_total{account=\"shop\",outcome=\"code_expired\"} 1",
        "wechat_login_exchanges_total{account=\"shop\",outcome=\"refused_by_wechat\"} 2",
        "wechat_login_exchanges_total{account=\"shop\",outcome=\"wechat_unavailable\"} 1",
        "wechat_login_exchange_requests_total{how=\"first\"} 5",
        "wechat_login_exchange_requests_total{how=\"kept\"} 1",
        "wechat_login_exchange_requests_total{how=\"stranger\"} 1",
        "wechat_login_wechat_request_duration_seconds_count{endpoint=\"access_token\"} 5",
        "wechat_login_wechat_request_duration_seconds_count{endpoint=\"userinfo\"} 2",
        "wechat_login_wechat_errors_total{endpoint=\"userinfo\",errcode=\"http_status\"} 1",
        "wechat_login_wechat_errors_total{endpoint=\"access_token\",errcode=\"40029\"} 1",
        "wechat_login_wechat_errors_total{endpoint=\"access_token\",errcode=\"other\"} 1",
        "wechat_login_wechat_errors_total{endpoint=\"access_token\",errcode=\"no_answer\"} 1",
        "wechat_login_store_duration_seconds_count{operation=\"upsert_identity\"} 1",
        "wechat_login_http_requests_total{route=\"/api/session\",method=\"POST\",status=\"200\"} 2",
        "wechat_login_http_requests_total{route=\"/api/session\",method=\"POST\",status=\"502\"} 2",
        "wechat_login_http_request_duration_seconds_count{route=\"/api/session\"} 7",
        "wechat_login_http_requests_under_way 0",
        "wechat_login_app_reports_total{code=\"app_crashed\"} 1",
        "wechat_login_app_starts_total{kernel=\"other\",version=\"other\",wechat=\"none\"} 1",
        "wechat_login_store_connections{state=\"idle\"} 1",
    ] {
        assert!(
            text.lines().any(|it| it == line),
            "{line} is not in:\n{text}"
        );
    }
}

#[actix_web::test]
async fn figures_tell_nothing_about_anybody() {
    let (proxy, _upstream) = busy_proxy().await;
    let text = Figures::of(&proxy).text().await;
    for hidden in [
        SECRET,
        OPENID,
        UNIONID,
        VERIFIER,
        "code-1",
        "86_accessTokenOfTests",
        "小明",
    ] {
        assert!(!text.contains(hidden), "{hidden}");
    }
}

/// The names at the beginnings of lines, without what a histogram appends.
fn names(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split(['{', ' ']).next())
        .map(|name| {
            let end = ["_bucket", "_count", "_sum"]
                .into_iter()
                .find_map(|end| name.strip_suffix(end));
            end.unwrap_or(name).to_owned()
        })
        .collect()
}

#[actix_web::test]
async fn the_documented_figures_are_those_there_are() {
    let (proxy, _upstream) = busy_proxy().await;
    // The one that needs a failure no other test here has.
    let dead = TestProxy::start("http://127.0.0.1:9").await;
    dead.state.store.close().await;
    assert_eq!(dead.get("/readyz").await.status(), 503);
    let mut found = names(&Figures::of(&proxy).text().await);
    found.append(&mut names(&Figures::of(&dead).text().await));

    let document = include_str!("../../../../docs/telemetry.md");
    let rows = document
        .lines()
        .filter(|line| line.starts_with("| `wechat_login_") || line.starts_with("| `process_"));
    let documented: BTreeSet<String> = rows
        .flat_map(|row| row.split('|').nth(1).unwrap_or_default().split(','))
        .map(|name| name.trim().trim_matches('`').to_owned())
        .collect();
    assert_eq!(found, documented);

    let alerts = include_str!("../../../../docs/deploy/alerts.yml");
    for word in alerts.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
        if word.starts_with("wechat_login_") {
            assert!(
                documented.contains(word.trim_end_matches("_bucket")),
                "{word}"
            );
        }
    }
}

#[actix_web::test]
async fn strange_requests_do_not_make_more_and_more_series() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    let figures = Figures::of(&proxy);
    let hammer = async |from: u32, to: u32| {
        for number in from..to {
            let method = Method::from_bytes(format!("M{number}").as_bytes()).unwrap();
            let requests = [
                proxy.request(method, "/api/session"),
                proxy.request(Method::GET, &format!("/random/{number}")),
                proxy.request(Method::GET, &format!("/api/records/kind/key{number}")),
                proxy.request(Method::GET, "/api/bootstrap").header(
                    "User-Agent",
                    format!("Chrome/{} MicroMessenger/{number}", number + 1000),
                ),
            ];
            for request in requests {
                request.send().await.unwrap();
            }
        }
        figures.text().await.lines().count()
    };
    let after_few = hammer(10, 20).await;
    let after_many = hammer(20, 300).await;
    assert_eq!(after_few, after_many);
}

#[actix_web::test]
async fn figures_are_on_their_own_address_and_on_no_other() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    let figures = Figures::of(&proxy);
    assert_eq!(proxy.get("/metrics").await.status(), 404);
    assert_eq!(figures.get("/api/bootstrap").await.status(), 404);
    let response = figures.get("/metrics").await;
    assert_eq!(response.status(), 200);
    let kind = response.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        kind.starts_with("application/openmetrics-text; version=1.0.0"),
        "{kind}"
    );
    assert!(response.text().await.unwrap().ends_with("# EOF\n"));
}
