//! Backends and people who signed in by a QR code: their openid belongs to the account's website application.

use api_types::{Identity, Scope};
use login_store::SeenIdentity;
use serde_json::Value;
use wechat_login_proxy::config::Website;
use wechat_oauth::{AppId, AppSecret, OpenId};

use crate::helpers::{APPID, NOW, OPENID, TestProxy};
use crate::people::{backend, config_with_backends, order, user, user_path};

const WEBSITE: &str = "wx00000000000000d1";
const SCANNED: &str = "oOfTheWebsiteApplication0001";

/// Somebody signed in by a QR code, somebody else in WeChat.
async fn proxy() -> TestProxy {
    let mut config = config_with_backends();
    config.accounts.get_mut("shop").unwrap().website = Some(Website {
        appid: AppId::parse(WEBSITE).unwrap(),
        secret: AppSecret::parse("simulator-secret-d1").unwrap(),
    });
    let proxy = TestProxy::start_with(config).await;
    let seen = SeenIdentity {
        appid: AppId::parse(WEBSITE).unwrap(),
        openid: OpenId::parse(SCANNED).unwrap(),
        platform: None,
        unionid: None,
        scope: Scope::Login,
        profile: None,
        seen_at: NOW,
    };
    proxy.state.store.upsert_identity(&seen).await.unwrap();
    user(&proxy, "shop", OPENID, None).await;
    proxy
}

#[actix_web::test]
async fn they_are_found_written_to_and_erased_by_the_accounts_name() {
    let proxy = proxy().await;
    let backend = backend(&proxy);
    let path = user_path("shop", SCANNED);
    let shown: Identity = backend.get(&path).await.json().await.unwrap();
    assert_eq!(
        (shown.account.as_str(), shown.appid.as_str()),
        ("shop", WEBSITE)
    );

    let record = format!("{path}/records/order/1");
    assert_eq!(backend.put(&record, &order()).await.status(), 201);
    let noted: Identity = backend.put(&path, "{}").await.json().await.unwrap();
    assert_eq!(noted.appid, WEBSITE);
    let page = backend.page(&format!("{path}/records")).await;
    assert_eq!(page.records.len(), 1);

    let erased: Value = backend.delete(&path).await.json().await.unwrap();
    assert_eq!(erased["erased_records"], 1);
    assert_eq!(backend.get(&path).await.status(), 404);
    assert_eq!(backend.get(&record).await.status(), 404);
}

#[actix_web::test]
async fn those_of_the_official_account_stay_its_own() {
    let proxy = proxy().await;
    let backend = backend(&proxy);
    for openid in [OPENID, "oNobodyHasSeenThisOneYet0001"] {
        let noted: Identity = backend
            .put(&user_path("shop", openid), "{}")
            .await
            .json()
            .await
            .unwrap();
        assert_eq!(noted.appid, APPID);
    }
}

/// The session lives on after the erasure, so a backend may still hear of this openid; by the appid it says whose it is.
#[actix_web::test]
async fn an_erased_one_that_a_backend_hears_of_again_is_not_lost() {
    let proxy = proxy().await;
    let backend = backend(&proxy);
    let (by_name, by_appid) = (user_path("shop", SCANNED), user_path(WEBSITE, SCANNED));
    assert_eq!(backend.delete(&by_name).await.status(), 200);

    assert_eq!(
        backend
            .put(&format!("{by_appid}/records/order/2"), &order())
            .await
            .status(),
        201
    );
    let noted: Identity = backend.get(&by_appid).await.json().await.unwrap();
    assert_eq!(
        (noted.account.as_str(), noted.appid.as_str()),
        ("shop", WEBSITE)
    );
    assert_eq!(
        backend
            .page(&format!("{by_name}/records"))
            .await
            .records
            .len(),
        1
    );
    assert_eq!(backend.get(&user_path(APPID, SCANNED)).await.status(), 404);
}

/// One that knew only the name may have noted the openid under the wrong appid; erasing leaves neither.
#[actix_web::test]
async fn erasing_by_name_erases_whoever_the_openid_can_mean() {
    let proxy = proxy().await;
    let backend = backend(&proxy);
    for appid in [WEBSITE, APPID] {
        let record = format!("{}/records/order/1", user_path(appid, SCANNED));
        assert_eq!(backend.put(&record, &order()).await.status(), 201);
    }
    let erased: Value = backend
        .delete(&user_path("shop", SCANNED))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(erased["erased_records"], 2);
    for appid in [WEBSITE, APPID] {
        assert_eq!(backend.get(&user_path(appid, SCANNED)).await.status(), 404);
    }
    assert_eq!(
        backend.delete(&user_path("shop", SCANNED)).await.status(),
        404
    );
    assert_eq!(
        backend
            .delete(&user_path("wx00000000000000ff", SCANNED))
            .await
            .status(),
        404
    );
}
