//! `DELETE /api/session`.

use reqwest::Method;
use wechat_simulator::{GrantedScope, Simulator};

use crate::helpers::{APPID, TestProxy, VERIFIER, session_of};

#[actix_web::test]
async fn signing_out_ends_the_session() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = TestProxy::start(&simulator.base_url()).await;
    let code = simulator.issue_code(APPID, "xiaoming", GrantedScope::Base);
    session_of(proxy.sign_in(&code, VERIFIER).await).await;
    let response = proxy
        .request(Method::DELETE, "/api/session")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 204);
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(proxy.current_session().await, None);
}

#[actix_web::test]
async fn signing_out_twice_or_without_a_session_is_fine() {
    let proxy = TestProxy::start("http://127.0.0.1:9").await;
    for _ in 0..2 {
        let response = proxy
            .request(Method::DELETE, "/api/session")
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 204);
    }
}
