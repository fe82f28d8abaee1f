//! Backends and people who signed in by a QR code, in a mini-program or in an app: their openid belongs to that
//! application of the account.

use api_types::Identity;

use crate::support::*;

const SCANNED: &str = "oOfTheWebsiteApplication0001";

/// Somebody signed in by a QR code, somebody else in WeChat; and a backend.
async fn proxy() -> (TestProxy, Caller) {
    proxy_with(WEBSITE).await
}

/// The same where the first has signed in by this application.
async fn proxy_with(appid: &str) -> (TestProxy, Caller) {
    let proxy = TestProxy::start_with(with_doors(config_with_backends())).await;
    note(&proxy, appid, SCANNED, None).await;
    user(&proxy, "shop", OPENID, None).await;
    let backend = backend(&proxy);
    (proxy, backend)
}

async fn put_order(backend: &Caller, user: &str) {
    let path = format!("{user}/records/order/1");
    assert_eq!(backend.put(&path, &order()).await.status(), 201);
}

/// How many records went with it.
async fn erase(backend: &Caller, user: &str) -> Value {
    let erased: Value = backend.delete(user).await.object().await;
    erased["erased_records"].clone()
}

#[actix_web::test]
async fn they_are_found_written_to_and_erased_by_the_accounts_name() {
    for appid in [WEBSITE, MINIPROGRAM, APP] {
        let (_proxy, backend) = proxy_with(appid).await;
        let path = user_path("shop", SCANNED);
        let shown: Identity = backend.get(&path).await.object().await;
        assert_eq!(
            (shown.account.as_str(), shown.appid.as_str()),
            ("shop", appid)
        );

        put_order(&backend, &path).await;
        let noted: Identity = backend.put(&path, "{}").await.object().await;
        assert_eq!(noted.appid, appid);
        let page = backend.page(&format!("{path}/records")).await;
        assert_eq!(page.records.len(), 1);

        assert_eq!(erase(&backend, &path).await, 1);
        assert_eq!(backend.get(&path).await.status(), 404);
        let record = backend.get(&format!("{path}/records/order/1")).await;
        assert_eq!(record.status(), 404);
    }
}

#[actix_web::test]
async fn those_of_the_official_account_stay_its_own() {
    let (_proxy, backend) = proxy().await;
    for openid in [OPENID, "oNobodyHasSeenThisOneYet0001"] {
        let noted = backend.put(&user_path("shop", openid), "{}").await;
        assert_eq!(noted.object::<Identity>().await.appid, APPID);
    }
}

/// The session lives on after the erasure, so a backend may still hear of this openid; by the appid it says whose it is.
#[actix_web::test]
async fn an_erased_one_that_a_backend_hears_of_again_is_not_lost() {
    let (_proxy, backend) = proxy().await;
    let (by_name, by_appid) = (user_path("shop", SCANNED), user_path(WEBSITE, SCANNED));
    assert_eq!(erase(&backend, &by_name).await, 0);

    put_order(&backend, &by_appid).await;
    let noted: Identity = backend.get(&by_appid).await.object().await;
    assert_eq!(
        (noted.account.as_str(), noted.appid.as_str()),
        ("shop", WEBSITE)
    );
    let page = backend.page(&format!("{by_name}/records")).await;
    assert_eq!(page.records.len(), 1);
    assert_eq!(backend.get(&user_path(APPID, SCANNED)).await.status(), 404);
}

/// One that knew only the name may have noted the openid under the wrong appid; erasing leaves neither.
#[actix_web::test]
async fn erasing_by_name_erases_whoever_the_openid_can_mean() {
    let (_proxy, backend) = proxy().await;
    for appid in [WEBSITE, APPID, MINIPROGRAM, APP] {
        put_order(&backend, &user_path(appid, SCANNED)).await;
    }
    assert_eq!(erase(&backend, &user_path("shop", SCANNED)).await, 4);
    for appid in [WEBSITE, APPID, MINIPROGRAM, APP] {
        assert_eq!(backend.get(&user_path(appid, SCANNED)).await.status(), 404);
    }
    for account in ["shop", "wx00000000000000ff"] {
        let again = backend.delete(&user_path(account, SCANNED)).await;
        assert_eq!(again.status(), 404);
    }
}
