//! Lost updates and repeated downloads: `ETag`, `If-Match`, `If-None-Match`.

use super::ORDER;
use crate::support::*;

async fn put_if(user: &Caller, condition: (&str, &str), json: &str) -> Response {
    let json = json.to_owned();
    user.send(&format!("PUT {ORDER}"), &[JSON, condition], json)
        .await
}

async fn delete_if(user: &Caller, tag: &str) -> Response {
    user.ask(&format!("DELETE {ORDER}"), &[("If-Match", tag)])
        .await
}

#[actix_web::test]
async fn a_stale_tag_writes_and_deletes_nothing() {
    let (_proxy, user) = proxy_and_user().await;
    let stale = etag_of(&user.put(ORDER, "1").await);
    let current = etag_of(&user.put(ORDER, "2").await);
    for tag in [stale.as_str(), "\"never-ours\""] {
        let response = put_if(&user, ("If-Match", tag), "3").await;
        response.error(412, PreconditionFailed).await;
        let response = delete_if(&user, tag).await;
        response.error(412, PreconditionFailed).await;
    }
    assert_eq!(user.get(ORDER).await.record(200).await.value, 2);
    // As a server in between that compresses spells it.
    let weak = format!("W/{current}");
    let response = put_if(&user, ("If-Match", &weak), "3").await;
    let newest = etag_of(&response);
    assert_eq!(response.record(200).await.value, 3);
    assert_eq!(delete_if(&user, &newest).await.status(), 204);
}

#[actix_web::test]
async fn a_record_can_be_created_only_or_replaced_only() {
    let (_proxy, user) = proxy_and_user().await;
    let (replace, create) = (("If-Match", "*"), ("If-None-Match", "*"));
    let response = put_if(&user, replace, "1").await;
    response.error(412, PreconditionFailed).await;
    let response = delete_if(&user, "*").await;
    response.error(412, PreconditionFailed).await;
    put_if(&user, create, "1").await.record(201).await;
    let response = put_if(&user, create, "2").await;
    response.error(412, PreconditionFailed).await;
    let response = put_if(&user, replace, "3").await;
    assert_eq!(response.record(200).await.value, 3);
    assert_eq!(delete_if(&user, "*").await.status(), 204);
}

#[actix_web::test]
async fn a_reader_who_has_the_record_is_told_so() {
    let (_proxy, user) = proxy_and_user().await;
    let etag = etag_of(&user.put(ORDER, "1").await);
    let get_if = async |tag: &str| {
        let condition = ("If-None-Match", tag);
        user.ask(&format!("GET {ORDER}"), &[condition]).await
    };
    for tag in [etag.clone(), format!("W/{etag}")] {
        let response = get_if(&tag).await;
        assert_eq!((response.code(), etag_of(&response)), (304, etag.clone()));
        assert!(response.bytes().await.unwrap().is_empty());
    }
    user.put(ORDER, "2").await;
    get_if(&etag).await.record(200).await;
}
