//! `GET /api/records`: pages, filters, cursors.

use crate::support::*;

/// Writes `count` records of one kind, a second apart.
async fn write(proxy: &TestProxy, user: &Caller, kind: &str, count: usize) {
    for number in 0..count {
        let path = format!("/api/records/{kind}/{number}");
        assert_eq!(user.put(&path, "1").await.status(), 201);
        proxy.clock.advance(Duration::from_secs(1));
    }
}

/// A page, and the one behind it, both with this query.
async fn two_pages(user: &Caller, first: &str, next: &str) -> [Vec<String>; 2] {
    let page = user.page(&format!("/api/records?{first}")).await;
    let cursor = page.next_cursor.as_ref().unwrap();
    let rest = user
        .page(&format!("/api/records?{next}&cursor={cursor}"))
        .await;
    assert_eq!(rest.next_cursor, None, "{next}");
    [names(&page), names(&rest)]
}

#[actix_web::test]
async fn pages_follow_each_other_to_the_end() {
    let (proxy, user) = proxy_and_user().await;
    write(&proxy, &user, "order", 25).await;
    let numbers = (0..25).rev();
    let all: Vec<String> = numbers.map(|number| format!("order/{number}")).collect();
    // The size may change on the way, and a last page that is just full is the last.
    for (first, next, size) in [("", "", 20), ("limit=5", "limit=20", 5)] {
        let [page, rest] = two_pages(&user, first, next).await;
        assert_eq!((&page[..], &rest[..]), all.split_at(size));
    }
    for limit in [1, 25, 26, 100] {
        let page = user.page(&format!("/api/records?limit={limit}")).await;
        assert_eq!(names(&page), all[..limit.min(25)]);
        assert_eq!(page.next_cursor.is_some(), limit < 25);
    }
}

#[actix_web::test]
async fn a_kind_leaves_the_others_out() {
    let (proxy, user) = proxy_and_user().await;
    write(&proxy, &user, "order", 3).await;
    write(&proxy, &user, "note", 2).await;
    let [page, rest] = two_pages(&user, "kind=order&limit=2", "kind=order").await;
    assert_eq!(page, ["order/2", "order/1"]);
    assert_eq!(rest, ["order/0"]);
    let none = user.page("/api/records?kind=refund").await;
    assert!(none.records.is_empty());
}

#[actix_web::test]
async fn a_person_sees_every_account_and_an_account_only_itself() {
    let proxy = proxy().await;
    let shop = user(&proxy, "shop", OPENID, Some(UNIONID)).await;
    let cafe = user(&proxy, "cafe", "oCafe", None).await;
    write(&proxy, &shop, "order", 1).await;
    write(&proxy, &cafe, "coffee", 1).await;
    let across = "/api/records?across=person";
    assert_eq!(shop.names(across).await, ["order/0"]);
    // The backend learns the unionid; nobody logs in again.
    let note = format!("{{\"unionid\":\"{UNIONID}\"}}");
    let noted = backend(&proxy)
        .put(&user_path("cafe", "oCafe"), &note)
        .await;
    assert_eq!(noted.status(), 200);
    for user in [&shop, &cafe] {
        let page = user.page(across).await;
        assert_eq!(names(&page), ["coffee/0", "order/0"]);
        assert_eq!(page.records[0].account, "cafe");
        assert_eq!(page.records[1].account, "shop");
        let [_, rest] = two_pages(user, "across=person&limit=1", "across=person").await;
        assert_eq!(rest, ["order/0"]);
    }
    for path in ["/api/records", "/api/records?across=account"] {
        assert_eq!(shop.names(path).await, ["order/0"]);
        assert_eq!(cafe.names(path).await, ["coffee/0"]);
    }
    // Joined lists are no way to each other's single records.
    let single = shop.get("/api/records/coffee/0").await;
    single.error(404, NotFound).await;
}

#[actix_web::test]
async fn an_account_that_is_no_longer_configured_is_named_by_its_appid() {
    let mut config = config_with_backends();
    config.accounts.remove("cafe");
    let folder = tempfile::tempdir().unwrap();
    let database = login_store::DatabaseUrl::SqliteFile(folder.path().join("db"));
    let before = proxy_on(database.clone()).await;
    let shop = user(&before, "shop", OPENID, Some(UNIONID)).await;
    let cafe = user(&before, "cafe", "oCafe", Some(UNIONID)).await;
    write(&before, &cafe, "coffee", 1).await;
    drop(before);
    config.database = database;
    let after = TestProxy::start_with(config).await;
    let page = shop
        .moved_to(&after)
        .page("/api/records?across=person")
        .await;
    assert_eq!(page.records[0].account, CAFE);
}
