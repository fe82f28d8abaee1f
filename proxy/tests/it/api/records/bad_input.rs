//! Requests that are wrong.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;

use super::ORDER;
use crate::attacks::attempts;
use crate::support::*;

#[actix_web::test]
async fn wrong_queries_are_refused_with_what_is_right() {
    let (_proxy, user) = proxy_and_user().await;
    for query in attempts("queries") {
        let response = user.get(&format!("/api/records?{query}")).await;
        let message = response.error(400, InvalidRequest).await.message;
        assert!(message.contains("1 to 100"), "{query}: {message}");
    }
    let response = user.get("/api/records?cursor=AAAA").await;
    let message = response.error(400, InvalidRequest).await.message;
    assert!(message.contains("without cursor"), "{message}");
}

/// What is none is among the attacks.
#[actix_web::test]
async fn json_may_be_declared_in_any_spelling() {
    let (_proxy, user) = proxy_and_user().await;
    let kind = ("Content-Type", "Application/JSON; charset=utf-8");
    let response = user.send(&format!("PUT {ORDER}"), &[kind], "1").await;
    assert_eq!(response.status(), 201);
}

/// Any visible ASCII and some that is not, as it may stand in a path or a query.
fn garbage() -> impl Strategy<Value = String> {
    "[!-\"$-~\u{e9}\u{8336}]{0,40}|(%[0-9a-fA-F]{2}){1,9}|[.]{1,3}"
}

#[actix_web::test]
async fn a_thousand_bad_inputs_never_are_our_fault() {
    let (proxy, user) = proxy_and_user().await;
    let backend = backend(&proxy);
    let browser = new_browser();
    let mut sent = 0;
    let mut runner = test_support::made_up::runner();
    let inputs = (
        prop::sample::select(vec![Method::GET, Method::PUT, Method::DELETE]),
        0..6_u8,
        garbage(),
        garbage(),
        prop::collection::vec(any::<u8>(), 0..200),
    );
    for _ in 0..1000 {
        let input = inputs.new_tree(&mut runner).unwrap().current();
        let (method, what, one, other, body) = &input;
        let (caller, path) = match what {
            0 => (&user, format!("/api/records?{one}&{other}")),
            1 => (&user, format!("/api/records?cursor={one}&limit={other}")),
            2 => (&user, format!("/api/records/{one}/{other}")),
            3 => (&backend, user_path(one, other)),
            4 => (
                &backend,
                user_path("shop", &format!("{one}/records?{other}")),
            ),
            _ => (
                &backend,
                user_path("shop", &format!("{OPENID}/records/{one}/{other}")),
            ),
        };
        let request = caller
            .request(method.clone(), &path)
            .header(JSON.0, JSON.1)
            .body(body.clone());
        // What is no address at all is not sent.
        if let Ok(request) = request.build() {
            let response = browser.execute(request).await.unwrap();
            assert!(response.status().as_u16() < 500, "{input:?}");
            sent += 1;
        }
    }
    assert!(sent > 900, "only {sent} could be sent");
}
