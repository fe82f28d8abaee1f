//! Slow clients, at the documented nginx: it passes on whole requests and takes whole responses, so none of them holds
//! the proxy.

use crate::static_site::Site;
use crate::support::*;

/// More than the system keeps for a client on the way.
const LONG: usize = 24 * 1024 * 1024;

const ASK: &str = "GET /api/session HTTP/1.1\r\nHost: h\r\n\r\n";

/// With connections to the proxy for a few only.
async fn site(wechat: &str) -> Site {
    let config = config_with(wechat, &[("LIMITS__CONNECTIONS", "16")]);
    Site::start(config, &[("app/long.bin", &vec![7; LONG])], true).await
}

impl Site {
    async fn send(&self, text: impl AsRef<[u8]>) -> Wire {
        Wire::send(self.nginx.address, text).await
    }

    /// How many requests the proxy has seen.
    fn requests(&self) -> usize {
        let state = &self.proxy.state;
        let metrics = state.metrics.text(state.store.pool_status());
        metrics.matches("http_requests_total{").count()
    }
}

#[actix_web::test]
async fn no_head_is_waited_for_be_it_the_first_of_a_connection_or_the_second() {
    let site = site(NO_WECHAT).await;
    for length in [0, 12, ASK.len() - 2] {
        site.send(&ASK[..length]).await.closed().await;
    }
    assert_eq!(site.requests(), 0);
    let mut wire = site.send(ASK).await;
    assert_eq!(status(&wire.answer().await), 401);
    assert!(wire.write("GET /api/session HTTP/1.1\r\nx-slow: ").await);
    wire.closed().await;
    assert_eq!(site.requests(), 1);
}

#[actix_web::test]
async fn a_body_that_stops_or_never_ends_does_not_reach_the_proxy() {
    let site = site(NO_WECHAT).await;
    let start = "POST /api/session HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n";
    for framing in [
        "Content-Length: 100\r\n\r\n{",
        "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    ] {
        let mut wire = site.send(format!("{start}{framing}")).await;
        assert!(matches!(status(&wire.answer().await), 0 | 408), "{framing}");
        wire.closed().await;
    }
    let mut wire = site
        .send(format!("{start}Transfer-Encoding: chunked\r\n\r\n"))
        .await;
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    for _ in 0..17 {
        wire.write(&chunk).await;
    }
    assert_eq!(status(&wire.answer().await), 413);
    assert_eq!(site.requests(), 0);
}

#[actix_web::test]
async fn a_client_that_takes_nothing_is_cut_off() {
    let site = site(NO_WECHAT).await;
    let request = "GET /long.bin HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    assert!(site.send(request).await.rest().await > LONG);
    let mut idler = site.send(request).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert!(idler.rest().await < LONG);
}

/// Each asks something once, so that it is kept for the next request, which never comes.
#[actix_web::test]
async fn connections_kept_for_nothing_are_not_all_there_are() {
    let simulator = Simulator::start().await.unwrap();
    let site = site(&simulator.base_url()).await;
    let mut kept = Vec::new();
    for _ in 0..64 {
        let mut wire = site.send(ASK).await;
        assert_eq!(status(&wire.answer().await), 401);
        kept.push(wire);
    }
    let visitor = Caller::new(format!("http://{}", site.nginx.address), None);
    visitor.log_in(&simulator, "xiaoming", Base).await;
    drop(kept);
}
