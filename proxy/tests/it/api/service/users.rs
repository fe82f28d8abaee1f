//! What backends learn about users, tell about them, and erase.

use api_types::Identity;

use crate::support::*;

#[actix_web::test]
async fn a_user_nobody_has_seen_is_unknown() {
    let (_proxy, backend) = proxy_and_backend().await;
    let path = user_path("shop", OPENID);
    backend.get(&path).await.error(404, NotFound).await;
    backend.delete(&path).await.error(404, NotFound).await;
    let page = backend.page(&format!("{path}/records")).await;
    assert!(page.records.is_empty());
}

#[actix_web::test]
async fn a_user_who_never_logged_in_is_noted_and_shown() {
    let (_proxy, backend) = proxy_and_backend().await;
    let path = user_path("shop", OPENID);
    let noted: Identity = backend.put(&path, "{}").await.object().await;
    assert!(noted.unionid.is_none() && noted.profile.is_none());
    assert_eq!(
        (noted.account.as_str(), noted.appid.as_str()),
        ("shop", APPID)
    );
    assert_eq!(noted.openid, OPENID);
    assert_eq!(noted.platform.as_deref(), Some("camellia"));
    assert_eq!(noted.scope, Scope::Base);
    assert_eq!((noted.first_seen, noted.last_seen), (NOW, NOW));
    let shown: Identity = backend.get(&path).await.object().await;
    assert!(shown == noted);
}

#[actix_web::test]
async fn a_note_adds_a_unionid_and_blanks_none() {
    let (proxy, _user) = proxy_and_user().await;
    let known = format!("{{\"unionid\":\"{UNIONID}\"}}");
    for body in [&known, "{}", "{\"unionid\":null}"] {
        let response = backend(&proxy).put(&user_path("shop", OPENID), body).await;
        let known: Identity = response.object().await;
        assert_eq!(known.unionid.as_deref(), Some(UNIONID));
    }
}

#[actix_web::test]
async fn wrong_notes_are_refused_and_note_nobody() {
    let (_proxy, backend) = proxy_and_backend().await;
    let path = user_path("shop", OPENID);
    for body in [
        "",
        "[]",
        "{\"unionid\":1}",
        "{\"unionid\":\"\"}",
        "{\"unionid\":\"a b\"}",
        "{\"openid\":\"o\"}",
        &json!({ "unionid": "u".repeat(129) }).to_string(),
    ] {
        let response = backend.put(&path, body).await;
        response.error(400, InvalidRequest).await;
    }
    backend.get(&path).await.error(404, NotFound).await;
}
