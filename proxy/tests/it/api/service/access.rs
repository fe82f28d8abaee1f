//! Who may use the service API.

use api_types::ErrorCode;
use reqwest::Method;

use crate::helpers::{OPENID, TestProxy, captured_log, config, error_of};
use crate::people::{
    OTHER_SERVICE_KEY, SERVICE_KEY, backend, backend_with, order, proxy, user, user_path,
};

fn every_route() -> Vec<(Method, String)> {
    let user = user_path("shop", OPENID);
    let record = format!("{user}/records/order/1");
    vec![
        (Method::GET, user.clone()),
        (Method::PUT, user.clone()),
        (Method::DELETE, user.clone()),
        (Method::GET, format!("{user}/records")),
        (Method::GET, record.clone()),
        (Method::PUT, record.clone()),
        (Method::DELETE, record),
        // Whether an account or a form is right is nobody's business who has no key.
        (Method::GET, user_path("nowhere", "o%2F")),
    ]
}

#[actix_web::test]
async fn without_the_right_key_nothing_opens() {
    let proxy = proxy().await;
    let almost = format!("{}x", &SERVICE_KEY[..SERVICE_KEY.len() - 1]);
    for (method, path) in every_route() {
        for header in [
            None,
            Some(String::new()),
            Some("Bearer".to_owned()),
            Some("Bearer ".to_owned()),
            Some(format!("Bearer {almost}")),
            Some(format!("Bearer {SERVICE_KEY}x")),
            Some(format!("Bearer {}", &SERVICE_KEY[1..])),
            Some(format!("Basic {SERVICE_KEY}")),
            Some(SERVICE_KEY.to_owned()),
        ] {
            let mut request = proxy.request(method.clone(), &path);
            if let Some(header) = header {
                request = request.header("Authorization", header);
            }
            let response = request.send().await.unwrap();
            assert_eq!(response.headers()["www-authenticate"], "Bearer");
            error_of(response, 401, ErrorCode::Unauthorized).await;
        }
    }
}

#[actix_web::test]
async fn without_configured_keys_no_key_is_right() {
    let proxy = TestProxy::start_with(config("http://127.0.0.1:9")).await;
    for key in ["", SERVICE_KEY] {
        let response = backend_with(&proxy, key)
            .get(&user_path("shop", OPENID))
            .await;
        error_of(response, 401, ErrorCode::Unauthorized).await;
    }
}

#[actix_web::test]
async fn a_session_is_no_service_key() {
    let proxy = proxy().await;
    let user = user(&proxy, "shop", OPENID, None).await;
    for (method, path) in every_route() {
        let response = user.request(method, &path).send().await.unwrap();
        error_of(response, 401, ErrorCode::Unauthorized).await;
    }
}

#[actix_web::test]
async fn every_key_opens_and_its_name_is_logged() {
    let proxy = proxy().await;
    for (key, name) in [(SERVICE_KEY, "orders"), (OTHER_SERVICE_KEY, "billing")] {
        let path = format!("{}/records", user_path("shop", OPENID));
        let response = backend_with(&proxy, key).get(&path).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["cache-control"], "no-store");
        let request_id = response.headers()["x-request-id"]
            .to_str()
            .unwrap()
            .to_owned();
        let log = captured_log();
        let line = log
            .lines()
            .find(|line| line.contains(&request_id) && line.contains("answered"))
            .unwrap();
        assert!(line.contains(&format!("service=\"{name}\"")), "{line}");
        assert!(line.contains("/users/{openid}/records"), "{line}");
    }
}

#[actix_web::test]
async fn the_scheme_may_be_written_small() {
    let proxy = proxy().await;
    let request = proxy
        .request(
            Method::PUT,
            &format!("{}/records/order/1", user_path("shop", OPENID)),
        )
        .header("Authorization", format!("bearer {SERVICE_KEY}"))
        .header("Content-Type", "application/json")
        .body(order());
    assert_eq!(request.send().await.unwrap().status(), 201);
}

#[actix_web::test]
async fn an_unknown_account_and_a_malformed_openid_are_told_apart() {
    let proxy = proxy().await;
    let backend = backend(&proxy);
    for (path, status, code, word) in [
        (
            user_path("nowhere", OPENID),
            404,
            ErrorCode::NotFound,
            "account",
        ),
        (
            user_path("wx00000000000000a9", OPENID),
            404,
            ErrorCode::NotFound,
            "account",
        ),
        (
            user_path("shop", "o%2Fx"),
            400,
            ErrorCode::InvalidRequest,
            "openid",
        ),
        (
            user_path("shop", &"o".repeat(129)),
            400,
            ErrorCode::InvalidRequest,
            "openid",
        ),
    ] {
        for path in [
            path.clone(),
            format!("{path}/records"),
            format!("{path}/records/order/1"),
        ] {
            let error = error_of(backend.get(&path).await, status, code).await;
            assert!(error.message.contains(word), "{}", error.message);
        }
    }
}
