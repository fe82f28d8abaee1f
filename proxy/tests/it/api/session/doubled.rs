//! Callbacks that come twice, and strangers who saw the address with the code.

use std::sync::Arc;

use crate::wire::Wire;
use api_types::ErrorCode;
use futures_util::future::join_all;
use serde_json::json;
use tokio::sync::Semaphore;
use wechat_simulator::{GrantedScope, Simulator};

use crate::helpers::{
    APPID, OPENID, OTHER_VERIFIER, TestProxy, VERIFIER, error_of, new_browser, session_of,
    token_body,
};
use crate::upstream::{Reply, Upstream};

#[actix_web::test]
async fn a_repeated_callback_gets_the_same_answer_with_one_exchange() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = TestProxy::start(&simulator.base_url()).await;
    let code = simulator.issue_code(APPID, "xiaoming", GrantedScope::Userinfo);
    let first = session_of(proxy.sign_in(&code, VERIFIER).await).await;
    let second = session_of(proxy.sign_in(&code, VERIFIER).await).await;
    assert_eq!(first, second);
    assert_eq!(simulator.requests().len(), 2, "one exchange, one userinfo");
}

#[actix_web::test]
async fn twenty_callbacks_at_once_get_the_same_answer_with_one_exchange() {
    let gate = Arc::new(Semaphore::new(0));
    let upstream = Upstream::start([Reply::Gated(gate.clone(), token_body("snsapi_base"))]).await;
    let proxy = TestProxy::start(&upstream.base_url()).await;
    let release = async {
        upstream.wait_for(1).await;
        gate.add_permits(1);
    };
    let callbacks = join_all((0..20).map(|_| proxy.sign_in("code", VERIFIER)));
    let (responses, ()) = futures_util::future::join(callbacks, release).await;
    for response in responses {
        assert_eq!(session_of(response).await.openid, OPENID);
    }
    assert_eq!(upstream.exchanges(), 1);
}

#[actix_web::test]
async fn a_stranger_with_the_code_alone_gets_nothing_and_causes_nothing() {
    let simulator = Simulator::start().await.unwrap();
    let mut proxy = TestProxy::start(&simulator.base_url()).await;
    let code = simulator.issue_code(APPID, "xiaoming", GrantedScope::Base);
    session_of(proxy.sign_in(&code, VERIFIER).await).await;
    proxy.browser = new_browser();
    let error = error_of(
        proxy.sign_in(&code, OTHER_VERIFIER).await,
        409,
        ErrorCode::CodeUsed,
    )
    .await;
    assert_eq!(error.wechat, None, "WeChat was not asked");
    assert_eq!(proxy.current_session().await, None);
    assert_eq!(simulator.requests().len(), 1);
}

#[actix_web::test]
async fn a_stranger_is_refused_while_the_exchange_is_still_under_way() {
    let gate = Arc::new(Semaphore::new(0));
    let upstream = Upstream::start([Reply::Gated(gate.clone(), token_body("snsapi_base"))]).await;
    let proxy = TestProxy::start(&upstream.base_url()).await;
    let stranger = async {
        upstream.wait_for(1).await;
        let response = proxy.sign_in("code", OTHER_VERIFIER).await;
        error_of(response, 409, ErrorCode::CodeUsed).await;
        gate.add_permits(1);
    };
    let owner = proxy.sign_in("code", VERIFIER);
    let (response, ()) = futures_util::future::join(owner, stranger).await;
    session_of(response).await;
    assert_eq!(upstream.exchanges(), 1);
}

#[actix_web::test]
async fn a_browser_that_hangs_up_does_not_lose_the_outcome() {
    let gate = Arc::new(Semaphore::new(0));
    let upstream = Upstream::start([Reply::Gated(gate.clone(), token_body("snsapi_base"))]).await;
    let proxy = TestProxy::start(&upstream.base_url()).await;

    let body = json!({ "account": "shop", "code": "code", "verifier": VERIFIER }).to_string();
    let length = body.len();
    let request = format!(
        "POST /api/session HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    let connection = Wire::send(&proxy, request).await;
    upstream.wait_for(1).await;
    drop(connection);
    gate.add_permits(1);

    session_of(proxy.sign_in("code", VERIFIER).await).await;
    assert_eq!(upstream.exchanges(), 1);
}

#[actix_web::test]
async fn a_refusal_is_kept_like_a_success() {
    let simulator = Simulator::start().await.unwrap();
    let proxy = TestProxy::start(&simulator.base_url()).await;
    for _ in 0..2 {
        let response = proxy.sign_in("unknown-code", VERIFIER).await;
        error_of(response, 410, ErrorCode::CodeExpired).await;
    }
    assert_eq!(simulator.requests().len(), 1);
}
