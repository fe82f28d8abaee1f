//! Callbacks that come twice, and strangers who saw the address with the code.

use futures_util::future::join;

use crate::support::*;

#[actix_web::test]
async fn a_stranger_is_refused_while_the_exchange_is_still_under_way() {
    let (gate, reply) = gated();
    let (upstream, proxy) = scripted([reply]).await;
    let stranger = async {
        upstream.wait_for(1).await;
        let response = proxy.sign_in("code", OTHER_VERIFIER).await;
        response.error(409, CodeUsed).await;
        gate.add_permits(1);
    };
    let owner = proxy.sign_in("code", VERIFIER);
    let (response, ()) = join(owner, stranger).await;
    response.session().await;
    assert_eq!(upstream.exchanges(), 1);
}

#[actix_web::test]
async fn a_browser_that_hangs_up_does_not_lose_the_outcome() {
    let (gate, reply) = gated();
    let (upstream, proxy) = scripted([reply]).await;
    let body = json!({ "account": "shop", "code": "code", "verifier": VERIFIER }).to_string();
    let length = body.len();
    let request = format!(
        "POST /api/session HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    let connection = Wire::send(&proxy, request).await;
    upstream.wait_for(1).await;
    drop(connection);
    gate.add_permits(1);

    proxy.sign_in("code", VERIFIER).await.session().await;
    assert_eq!(upstream.exchanges(), 1);
}

#[actix_web::test]
async fn a_refusal_is_kept_like_a_success() {
    let (simulator, proxy) = simulated().await;
    for _ in 0..2 {
        let response = proxy.sign_in("unknown-code", VERIFIER).await;
        response.error(410, CodeExpired).await;
    }
    assert_eq!(simulator.requests().len(), 1);
}
