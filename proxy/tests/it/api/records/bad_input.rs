//! Requests that are wrong.

use api_types::ErrorCode;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use reqwest::Method;

use crate::helpers::{OPENID, error_of, new_browser};
use crate::made_up;
use crate::people::{backend, proxy, user, user_path};

const ORDER: &str = "/api/records/order/1";

#[actix_web::test]
async fn nobody_gets_anything_without_a_session() {
    let proxy = proxy().await;
    for (method, path) in [
        (Method::GET, "/api/records"),
        (Method::GET, "/api/records?limit=wrong"),
        (Method::GET, ORDER),
        (Method::PUT, ORDER),
        (Method::DELETE, ORDER),
    ] {
        let response = proxy.request(method, path).send().await.unwrap();
        error_of(response, 401, ErrorCode::Unauthorized).await;
    }
    // A service key is no session.
    let response = backend(&proxy).get("/api/records").await;
    error_of(response, 401, ErrorCode::Unauthorized).await;
}

#[actix_web::test]
async fn wrong_queries_are_refused_with_what_is_right() {
    let proxy = proxy().await;
    let user = user(&proxy, "shop", OPENID, None).await;
    for query in [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=1.5",
        "limit=",
        "limit=99999999999999999999",
        "kind=",
        "kind=Order",
        "kind=a%00",
        "kind=%ff",
        "across=",
        "across=everybody",
        "limit=1&limit=1",
        "cursor=a&cursor=a",
        "openid=oX",
        "Limit=1",
        "limit[]=1",
    ] {
        let response = user.get(&format!("/api/records?{query}")).await;
        let error = error_of(response, 400, ErrorCode::InvalidRequest).await;
        assert!(
            error.message.contains("1 to 100"),
            "{query}: {}",
            error.message
        );
    }
    for cursor in ["", "a", "%F0%9F%98%80", "=", "AAAA", &"A".repeat(3000)] {
        let response = user.get(&format!("/api/records?cursor={cursor}")).await;
        error_of(response, 400, ErrorCode::InvalidRequest).await;
    }
}

#[actix_web::test]
async fn wrong_names_are_refused() {
    let proxy = proxy().await;
    let user = user(&proxy, "shop", OPENID, None).await;
    for name in [
        "Order/1".to_owned(),
        "order/a%2Fb".to_owned(),
        "order/a%20b".to_owned(),
        "order/%E8%8C%B6".to_owned(),
        "order/a%00".to_owned(),
        "order/a%25".to_owned(),
        format!("{}/1", "k".repeat(33)),
        format!("order/{}", "k".repeat(129)),
    ] {
        let path = format!("/api/records/{name}");
        for response in [
            user.get(&path).await,
            user.put(&path, "1").await,
            user.delete(&path).await,
        ] {
            error_of(response, 400, ErrorCode::InvalidRequest).await;
        }
    }
    assert!(user.page("/api/records").await.records.is_empty());
}

#[actix_web::test]
async fn bodies_that_are_no_json_are_refused() {
    let proxy = proxy().await;
    let user = user(&proxy, "shop", OPENID, None).await;
    for json in ["", "{", "1 2", "{'a':1}", "\"\\ud800\"", &"[".repeat(9000)] {
        let response = user.put(ORDER, json).await;
        error_of(response, 400, ErrorCode::InvalidRequest).await;
    }
    for content_type in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("application/jsonp"),
        Some(""),
    ] {
        let mut request = user.request(Method::PUT, ORDER).body("1");
        if let Some(content_type) = content_type {
            request = request.header("Content-Type", content_type);
        }
        let response = request.send().await.unwrap();
        error_of(response, 415, ErrorCode::InvalidRequest).await;
    }
    let request = user.request(Method::PUT, ORDER).body("1");
    let request = request.header("Content-Type", "Application/JSON; charset=utf-8");
    assert_eq!(request.send().await.unwrap().status(), 201);
}

#[actix_web::test]
async fn other_sites_cannot_write() {
    let proxy = proxy().await;
    let user = user(&proxy, "shop", OPENID, None).await;
    for (site, status) in [("cross-site", 403), ("same-origin", 201)] {
        let request = user.put_request(ORDER, "1");
        let response = request.header("Sec-Fetch-Site", site).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status);
    }
    let request = user.request(Method::DELETE, ORDER);
    let response = request.header("Sec-Fetch-Site", "cross-site").send().await;
    error_of(response.unwrap(), 403, ErrorCode::Forbidden).await;
    assert_eq!(user.get(ORDER).await.status(), 200);
}

#[actix_web::test]
async fn other_methods_are_refused_by_name() {
    let proxy = proxy().await;
    let user = user(&proxy, "shop", OPENID, None).await;
    for (path, allow) in [("/api/records", "GET"), (ORDER, "GET, PUT, DELETE")] {
        let response = user.request(Method::PATCH, path).send().await.unwrap();
        assert_eq!(response.headers()["allow"], allow);
        error_of(response, 405, ErrorCode::InvalidRequest).await;
    }
}

/// Any visible ASCII and some that is not, as it may stand in a path or a query.
fn garbage() -> impl Strategy<Value = String> {
    "[!-\"$-~\u{e9}\u{8336}]{0,40}|(%[0-9a-fA-F]{2}){1,9}|[.]{1,3}"
}

#[actix_web::test]
async fn a_thousand_bad_inputs_never_are_our_fault() {
    let proxy = proxy().await;
    let user = user(&proxy, "shop", OPENID, None).await;
    let backend = backend(&proxy);
    let browser = new_browser();
    let mut sent = 0;
    let mut runner = made_up::runner();
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
                format!("{}/records?{other}", user_path("shop", one)),
            ),
            _ => (
                &backend,
                format!("{}/records/{one}/{other}", user_path("shop", OPENID)),
            ),
        };
        let request = caller
            .request(method.clone(), &path)
            .header("Content-Type", "application/json")
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
