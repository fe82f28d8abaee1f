//! Everybody of a unionid, and the users of an account.

use api_types::{Users, UsersPage};

use crate::support::*;

/// An appid that no account has any more.
const GONE: &str = "wx00000000000000ee";

/// A backend of a company whose users are these, by appid and openid, each with the unionid.
async fn with_users(users: &[(&str, &str)]) -> (TestProxy, Caller) {
    let proxy = TestProxy::start_with(with_doors(config_with_backends())).await;
    for (appid, openid) in users {
        note(&proxy, appid, openid, Some(UNIONID)).await;
    }
    let backend = backend(&proxy);
    (proxy, backend)
}

#[actix_web::test]
async fn a_unionid_finds_everybody_under_whatever_appid() {
    let all = [
        (APPID, "oA"),
        (CAFE, "oB"),
        (MINIPROGRAM, "oC"),
        (GONE, "oD"),
    ];
    let (_proxy, backend) = with_users(&all).await;
    let path = |unionid: &str| format!("/service/platforms/camellia/users/{unionid}");
    let Users { users } = backend.get(&path(UNIONID)).await.object().await;
    let mut found: Vec<_> = users
        .iter()
        .map(|it| (&*it.account, &*it.appid, &*it.openid))
        .collect();
    found.sort_unstable_by_key(|(_, _, openid)| *openid);
    let expected = [
        ("shop", APPID, "oA"),
        ("cafe", CAFE, "oB"),
        ("shop", MINIPROGRAM, "oC"),
        (GONE, GONE, "oD"),
    ];
    assert_eq!(found, expected);
    assert!(
        users
            .iter()
            .all(|it| it.unionid.as_deref() == Some(UNIONID))
    );

    let nobody: Users = backend.get(&path("oNobody")).await.object().await;
    assert!(nobody.users.is_empty());
    backend
        .get(&path("o%2Fx"))
        .await
        .error(400, InvalidRequest)
        .await;
    let elsewhere = format!("/service/platforms/peony/users/{UNIONID}");
    let error = backend.get(&elsewhere).await.error(404, NotFound).await;
    assert!(error.message.contains("platform"), "{}", error.message);
}

/// All openids of a list, in pages of this length.
async fn listed(backend: &Caller, account: &str, limit: usize) -> Vec<String> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/service/accounts/{account}/users?limit={limit}{cursor}");
        let UsersPage { users, next_cursor } = backend.get(&path).await.object().await;
        assert!(users.len() <= limit && users.iter().all(|it| it.account == "shop"));
        all.extend(users.into_iter().map(|it| it.openid));
        assert!(all.len() < 100, "it does not end");
        let Some(next) = next_cursor else { return all };
        cursor = format!("&cursor={next}");
    }
}

#[actix_web::test]
async fn the_users_of_an_account_are_those_of_all_its_applications_page_by_page() {
    let (_proxy, backend) = with_users(&[
        (APPID, "o2"),
        (APPID, "o1"),
        (APP, "o0"),
        (MINIPROGRAM, "o4"),
        (MINIPROGRAM, "o1"),
        (WEBSITE, "o3"),
        (CAFE, "o5"),
        (GONE, "o6"),
    ])
    .await;
    for limit in [1, 2, 3, 4, 5, 6, 100] {
        let all = listed(&backend, "shop", limit).await;
        assert_eq!(all, ["o1", "o2", "o0", "o1", "o4", "o3"], "{limit}");
        assert_eq!(listed(&backend, MINIPROGRAM, limit).await, ["o1", "o4"]);
        assert_eq!(listed(&backend, APPID, limit).await, ["o1", "o2"]);
    }
    let error = backend.get("/service/accounts/florist/users").await;
    error.error(404, NotFound).await;
}

#[actix_web::test]
async fn a_cursor_goes_on_in_its_own_list_whoever_comes_and_goes_meanwhile() {
    let users = [
        (APPID, "o1"),
        (APPID, "o3"),
        (APPID, "o5"),
        (MINIPROGRAM, "o1"),
    ];
    let (proxy, backend) = with_users(&users).await;
    let first = backend.get("/service/accounts/shop/users?limit=2").await;
    let UsersPage { users, next_cursor } = first.object().await;
    assert_eq!(users.len(), 2);
    let cursor = next_cursor.unwrap();
    // The one it stands at goes, one before and one behind come.
    assert_eq!(backend.delete(&user_path("shop", "o3")).await.status(), 200);
    for openid in ["o2", "o4"] {
        note(&proxy, APPID, openid, Some(UNIONID)).await;
    }
    let rest = format!("/service/accounts/shop/users?cursor={cursor}");
    let rest: UsersPage = backend.get(&rest).await.object().await;
    let rest: Vec<_> = rest.users.iter().map(|it| it.openid.as_str()).collect();
    assert_eq!(rest, ["o4", "o5", "o1"]);

    let other_list = format!("/service/accounts/{APPID}/users?cursor={cursor}");
    let records = format!("{}/records?cursor={cursor}", user_path("shop", "o1"));
    let shop = "/service/accounts/shop/users?";
    for path in [
        other_list,
        records,
        format!("{shop}cursor={}", &cursor[1..]),
        format!("{shop}limit=0"),
        format!("{shop}limit=101"),
        format!("{shop}limit=2&limit=3"),
        format!("{shop}across=person"),
    ] {
        backend.get(&path).await.error(400, InvalidRequest).await;
    }
}
