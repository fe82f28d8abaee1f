//! Who may use the service API.

use crate::support::*;

/// Two of them; that all have the same guard is in the table of guards. Whether an account or a form is right is nobody's
/// business who has no key.
fn lines() -> [String; 2] {
    let nowhere = user_path("nowhere", "o%2F");
    [user_path("shop", OPENID), nowhere].map(|it| format!("GET {it}"))
}

#[actix_web::test]
async fn without_the_right_key_nothing_opens() {
    let proxy = proxy().await;
    let almost = format!("{}x", &SERVICE_KEY[..SERVICE_KEY.len() - 1]);
    for line in lines() {
        let mut answers = vec![proxy.ask(&line, &[]).await];
        for header in [
            "",
            "Bearer",
            "Bearer ",
            &format!("Bearer {almost}"),
            &format!("Bearer {SERVICE_KEY}x"),
            &format!("Bearer {}", &SERVICE_KEY[1..]),
            &format!("Basic {SERVICE_KEY}"),
            SERVICE_KEY,
        ] {
            answers.push(proxy.ask(&line, &[("Authorization", header)]).await);
        }
        for response in answers {
            assert_eq!(response.header("www-authenticate"), "Bearer");
            response.error(401, Unauthorized).await;
        }
    }
}

#[actix_web::test]
async fn a_session_is_no_service_key() {
    let (_proxy, user) = proxy_and_user().await;
    for line in lines() {
        let response = user.ask(&line, &[]).await;
        response.error(401, Unauthorized).await;
    }
}

#[actix_web::test]
async fn without_configured_keys_no_key_is_right() {
    let proxy = TestProxy::alone().await;
    for key in ["", SERVICE_KEY] {
        let backend = backend_with(&proxy, key);
        let response = backend.get(&user_path("shop", OPENID)).await;
        response.error(401, Unauthorized).await;
    }
}

#[actix_web::test]
async fn every_key_opens_and_its_name_is_logged() {
    let proxy = proxy().await;
    for (key, name) in [(SERVICE_KEY, "orders"), (OTHER_SERVICE_KEY, "billing")] {
        let path = format!("{}/records", user_path("shop", OPENID));
        let response = backend_with(&proxy, key).get(&path).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.header("cache-control"), "no-store");
        let line = line_of(response.header("x-request-id"));
        assert!(line.contains(&format!("service=\"{name}\"")), "{line}");
        assert!(line.contains("/users/{openid}/records"), "{line}");
    }
}

#[actix_web::test]
async fn the_scheme_may_be_written_small() {
    let line = format!("PUT {}/records/order/1", user_path("shop", OPENID));
    let key = format!("bearer {SERVICE_KEY}");
    let headers = [("Authorization", key.as_str()), JSON];
    let response = proxy().await.send(&line, &headers, order()).await;
    assert_eq!(response.status(), 201);
}
