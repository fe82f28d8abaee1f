//! So many connections and requests at once, however silent; and how long and late the head of a request may be.

use futures_util::future::{join, join_all};

use super::{SOON, retry_after};
use crate::support::*;

const ASK: &str = "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n";

#[actix_web::test]
async fn more_silent_connections_than_the_limit_only_delay_a_login() {
    let simulator = Simulator::start().await.unwrap();
    let mut config = config_with(&simulator.base_url(), &[("LIMITS__CONNECTIONS", "8")]);
    config.limits.timeouts.head = SOON;
    config.limits.timeouts.idle = SOON;
    let proxy = TestProxy::start_with(config).await;
    let _silent = join_all((0..40).map(|_| Wire::open(&proxy))).await;
    proxy.log_in(&simulator, "xiaoming", Base).await;
}

#[actix_web::test]
async fn an_idle_connection_is_closed() {
    let mut config = config(NO_WECHAT);
    config.limits.timeouts.idle = SOON;
    let proxy = TestProxy::start_with(config).await;
    let mut wire = Wire::send(&proxy, ASK).await;
    assert_eq!(status(&wire.answer().await), 200);
    wire.closed().await;
}

#[actix_web::test]
async fn beyond_the_limit_requests_are_refused_at_once_and_those_under_way_are_answered() {
    let (gate, reply) = gated();
    let upstream = Upstream::start([reply.clone(), reply.clone(), reply]).await;
    let limit = [("LIMITS__REQUESTS_AT_ONCE", "3")];
    let proxy = TestProxy::start_with(config_with(&upstream.base_url(), &limit)).await;

    let logins = ["one", "two", "three"].map(|code| proxy.sign_in(code, VERIFIER));
    let meanwhile = async {
        upstream.wait_for(3).await;
        let refused = proxy.get("/api/bootstrap").await;
        assert_eq!(retry_after(&refused), 1);
        refused.error(503, Internal).await;
        for probe in ["/healthz", "/readyz"] {
            assert_eq!(proxy.get(probe).await.status(), 200, "{probe}");
        }
        gate.add_permits(3);
    };
    let (logins, ()) = join(join_all(logins), meanwhile).await;
    for login in logins {
        login.session().await;
    }
    assert_eq!(proxy.get("/api/bootstrap").await.status(), 200);
}

/// The status of the answer to a head with this query and these headers, the other side being free to close before it
/// has taken everything.
async fn status_of(proxy: &TestProxy, query: &str, headers: &str) -> u16 {
    let mut wire = Wire::open(proxy).await;
    let start = format!("GET /healthz?{query} HTTP/1.1\r\nHost: h\r\n");
    wire.write(format!("{start}{headers}\r\n")).await;
    status(&wire.answer().await)
}

#[actix_web::test]
async fn heads_have_at_most_96_headers_and_128_kib() {
    let proxy = TestProxy::alone().await;
    let many =
        |count: usize| -> String { (1..=count).map(|it| format!("x-{it}: 1\r\n")).collect() };
    let long = |length: usize| format!("x-long: {}\r\n", "x".repeat(length));
    for (headers, expected) in [
        (many(95), 200),
        (many(96), 431),
        (long(120_000), 200),
        (long(140_000), 431),
    ] {
        let found = status_of(&proxy, "", &headers).await;
        assert_eq!(found, expected, "{} bytes", headers.len());
    }
}

#[actix_web::test]
async fn an_address_longer_than_any_is_refused() {
    let proxy = TestProxy::alone().await;
    for (length, expected) in [(60_000, 200), (70_000, 400)] {
        let found = status_of(&proxy, &"x".repeat(length), "").await;
        assert_eq!(found, expected, "{length}");
    }
}

#[actix_web::test]
async fn a_head_that_does_not_come_is_given_up() {
    let mut config = config(NO_WECHAT);
    config.limits.timeouts.head = SOON;
    config.limits.timeouts.disconnect = SOON;
    let proxy = TestProxy::start_with(config).await;
    for length in [0, 16, ASK.len() - 2] {
        let mut wire = Wire::send(&proxy, &ASK[..length]).await;
        assert_eq!(status(&wire.answer().await), 408, "{length}");
        wire.closed().await;
    }
}
