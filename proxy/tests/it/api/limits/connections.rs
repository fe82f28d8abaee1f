//! Connections that do nothing.

use wechat_simulator::{GrantedScope, Simulator};

use super::SOON;
use crate::helpers::{APPID, TestProxy, VERIFIER, config, session_of};
use crate::wire::{Wire, status};

async fn assert_login_works(proxy: &TestProxy, simulator: &Simulator) {
    let code = simulator.issue_code(APPID, "xiaoming", GrantedScope::Base);
    session_of(proxy.sign_in(&code, VERIFIER).await).await;
}

#[actix_web::test]
async fn three_hundred_silent_connections_do_not_stop_a_login() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = TestProxy::start(&simulator.base_url()).await;
    let mut silent = Vec::new();
    for number in 0..300 {
        // Half of them have said something once.
        let mut wire = Wire::open(&proxy).await;
        if number % 2 == 0 {
            assert!(wire.write("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n").await);
            assert_eq!(status(&wire.answer().await), 200);
        }
        silent.push(wire);
    }
    assert_login_works(&proxy, &simulator).await;
}

#[actix_web::test]
async fn more_silent_connections_than_the_limit_only_delay_a_login() {
    let simulator = Simulator::start().await.unwrap();
    let mut config = config(&simulator.base_url());
    config.limits.connections = 8;
    config.limits.patience.head = SOON;
    config.limits.patience.idle = SOON;
    let proxy = TestProxy::start_with(config).await;
    let mut silent = Vec::new();
    for _ in 0..40 {
        silent.push(Wire::open(&proxy).await);
    }
    assert_login_works(&proxy, &simulator).await;
}

#[actix_web::test]
async fn an_idle_connection_is_closed() {
    let mut config = config("http://127.0.0.1:9");
    config.limits.patience.idle = SOON;
    let proxy = TestProxy::start_with(config).await;
    let mut wire = Wire::send(&proxy, "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n").await;
    assert_eq!(status(&wire.answer().await), 200);
    wire.closed().await;
}
