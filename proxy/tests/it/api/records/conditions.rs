//! Lost updates and repeated downloads: `ETag`, `If-Match`, `If-None-Match`.

use api_types::ErrorCode;
use reqwest::Method;

use crate::helpers::{OPENID, error_of};
use crate::people::{Caller, etag_of, proxy, record_of, user};

const ORDER: &str = "/api/records/order/1";

async fn put_if(user: &Caller, condition: (&str, &str), json: &str) -> reqwest::Response {
    let request = user.put_request(ORDER, json);
    let request = request.header(condition.0, condition.1);
    request.send().await.unwrap()
}

async fn delete_if(user: &Caller, tag: &str) -> reqwest::Response {
    let request = user.request(Method::DELETE, ORDER);
    request.header("If-Match", tag).send().await.unwrap()
}

#[actix_web::test]
async fn a_stale_tag_writes_and_deletes_nothing() {
    let proxy = proxy().await;
    let user = user(&proxy, "shop", OPENID, None).await;
    let stale = etag_of(&user.put(ORDER, "1").await);
    let current = etag_of(&user.put(ORDER, "2").await);
    for tag in [stale.as_str(), "\"never-ours\""] {
        let response = put_if(&user, ("If-Match", tag), "3").await;
        error_of(response, 412, ErrorCode::PreconditionFailed).await;
        let response = delete_if(&user, tag).await;
        error_of(response, 412, ErrorCode::PreconditionFailed).await;
    }
    assert_eq!(record_of(user.get(ORDER).await, 200).await.value, 2);
    let response = put_if(&user, ("If-Match", &current), "3").await;
    let newest = etag_of(&response);
    assert_eq!(record_of(response, 200).await.value, 3);
    assert_eq!(delete_if(&user, &newest).await.status(), 204);
}

#[actix_web::test]
async fn a_tag_never_comes_back() {
    let proxy = proxy().await;
    let user = user(&proxy, "shop", OPENID, None).await;
    let mut seen = vec![etag_of(&user.put(ORDER, "1").await)];
    for value in ["2", "1"] {
        seen.push(etag_of(&user.put(ORDER, value).await));
    }
    user.delete(ORDER).await;
    seen.push(etag_of(&user.put(ORDER, "1").await));
    let newest = seen.pop().unwrap();
    for tag in &seen {
        let response = put_if(&user, ("If-Match", tag), "9").await;
        error_of(response, 412, ErrorCode::PreconditionFailed).await;
    }
    assert_eq!(
        put_if(&user, ("If-Match", &newest), "9").await.status(),
        200
    );
}

#[actix_web::test]
async fn a_record_can_be_created_only_or_replaced_only() {
    let proxy = proxy().await;
    let user = user(&proxy, "shop", OPENID, None).await;
    let response = put_if(&user, ("If-Match", "*"), "1").await;
    error_of(response, 412, ErrorCode::PreconditionFailed).await;
    let response = delete_if(&user, "*").await;
    error_of(response, 412, ErrorCode::PreconditionFailed).await;
    let response = put_if(&user, ("If-None-Match", "*"), "1").await;
    record_of(response, 201).await;
    let response = put_if(&user, ("If-None-Match", "*"), "2").await;
    error_of(response, 412, ErrorCode::PreconditionFailed).await;
    let response = put_if(&user, ("If-Match", "*"), "3").await;
    assert_eq!(record_of(response, 200).await.value, 3);
    assert_eq!(delete_if(&user, "*").await.status(), 204);
}

#[actix_web::test]
async fn a_reader_who_has_the_record_is_told_so() {
    let proxy = proxy().await;
    let user = user(&proxy, "shop", OPENID, None).await;
    let etag = etag_of(&user.put(ORDER, "1").await);
    let get_if = async |tag: &str| {
        let request = user.request(Method::GET, ORDER);
        request.header("If-None-Match", tag).send().await.unwrap()
    };
    // As a server in between that compresses spells it, too.
    for tag in [etag.clone(), format!("W/{etag}")] {
        let response = get_if(&tag).await;
        assert_eq!(
            (response.status().as_u16(), etag_of(&response)),
            (304, etag.clone())
        );
        assert!(response.bytes().await.unwrap().is_empty());
    }
    user.put(ORDER, "2").await;
    record_of(get_if(&etag).await, 200).await;
}

#[actix_web::test]
async fn conditions_that_cannot_be_honoured_are_refused() {
    let proxy = proxy().await;
    let user = user(&proxy, "shop", OPENID, None).await;
    let etag = etag_of(&user.put(ORDER, "1").await);
    for condition in [
        ("If-Match", "unquoted"),
        ("If-Match", ""),
        ("If-Match", &format!("{etag}, {etag}")),
        ("If-None-Match", &etag),
    ] {
        let response = put_if(&user, condition, "2").await;
        error_of(response, 400, ErrorCode::InvalidRequest).await;
    }
    assert_eq!(record_of(user.get(ORDER).await, 200).await.value, 1);
}
