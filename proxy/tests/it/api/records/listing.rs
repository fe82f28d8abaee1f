//! `GET /api/records`: pages, filters, cursors.

use std::time::Duration;

use api_types::ErrorCode;

use crate::helpers::{OPENID, TestProxy, UNIONID, error_of};
use crate::people::{CAFE, Caller, backend, names, proxy, user, user_path};

/// Writes `count` records of one kind, a second apart.
async fn write(proxy: &TestProxy, user: &Caller, kind: &str, count: usize) {
    for number in 0..count {
        let path = format!("/api/records/{kind}/{number}");
        assert_eq!(user.put(&path, "1").await.status(), 201);
        proxy.clock.advance(Duration::from_secs(1));
    }
}

#[actix_web::test]
async fn pages_follow_each_other_to_the_end() {
    let proxy = proxy().await;
    let user = user(&proxy, "shop", OPENID, None).await;
    write(&proxy, &user, "order", 25).await;
    let all: Vec<String> = (0..25)
        .rev()
        .map(|number| format!("order/{number}"))
        .collect();

    let usual = user.page("/api/records").await;
    assert_eq!(names(&usual), all[..20]);
    let rest = format!("/api/records?cursor={}", usual.next_cursor.unwrap());
    let rest = user.page(&rest).await;
    assert_eq!(names(&rest), all[20..]);
    assert_eq!(rest.next_cursor, None);
    // The size may change on the way, and a last page that is just full is the last.
    let five = user.page("/api/records?limit=5").await;
    let twenty = format!("/api/records?limit=20&cursor={}", five.next_cursor.unwrap());
    let twenty = user.page(&twenty).await;
    assert_eq!(names(&twenty), all[5..]);
    assert_eq!(twenty.next_cursor, None);
    for limit in [1, 25, 26, 100] {
        let page = user.page(&format!("/api/records?limit={limit}")).await;
        assert_eq!(names(&page), all[..limit.min(25)]);
        assert_eq!(page.next_cursor.is_some(), limit < 25);
    }
}

#[actix_web::test]
async fn a_kind_leaves_the_others_out() {
    let proxy = proxy().await;
    let user = user(&proxy, "shop", OPENID, None).await;
    write(&proxy, &user, "order", 3).await;
    write(&proxy, &user, "note", 2).await;
    let page = user.page("/api/records?kind=order&limit=2").await;
    assert_eq!(names(&page), ["order/2", "order/1"]);
    let next = format!(
        "/api/records?kind=order&cursor={}",
        page.next_cursor.unwrap()
    );
    assert_eq!(names(&user.page(&next).await), ["order/0"]);
    assert!(
        user.page("/api/records?kind=refund")
            .await
            .records
            .is_empty()
    );
}

#[actix_web::test]
async fn a_person_sees_every_account_and_an_account_only_itself() {
    let proxy = proxy().await;
    let shop = user(&proxy, "shop", OPENID, Some(UNIONID)).await;
    let cafe = user(&proxy, "cafe", "oCafe", None).await;
    write(&proxy, &shop, "order", 1).await;
    write(&proxy, &cafe, "coffee", 1).await;
    assert_eq!(
        names(&shop.page("/api/records?across=person").await),
        ["order/0"]
    );
    // The backend learns the unionid; nobody logs in again.
    let noted = backend(&proxy)
        .put(
            &user_path("cafe", "oCafe"),
            &format!("{{\"unionid\":\"{UNIONID}\"}}"),
        )
        .await;
    assert_eq!(noted.status(), 200);
    for user in [&shop, &cafe] {
        let page = user.page("/api/records?across=person").await;
        assert_eq!(names(&page), ["coffee/0", "order/0"]);
        assert_eq!(page.records[0].account, "cafe");
        assert_eq!(page.records[1].account, "shop");
        let first = user.page("/api/records?across=person&limit=1").await;
        let next = format!(
            "/api/records?across=person&cursor={}",
            first.next_cursor.unwrap()
        );
        assert_eq!(names(&user.page(&next).await), ["order/0"]);
    }
    for across in ["", "?across=account"] {
        let path = format!("/api/records{across}");
        assert_eq!(names(&shop.page(&path).await), ["order/0"]);
        assert_eq!(names(&cafe.page(&path).await), ["coffee/0"]);
    }
    // Joined lists are no way to each other's single records.
    error_of(
        shop.get("/api/records/coffee/0").await,
        404,
        ErrorCode::NotFound,
    )
    .await;
}

#[actix_web::test]
async fn an_account_that_is_no_longer_configured_is_named_by_its_appid() {
    let mut config = crate::people::config_with_backends();
    config.accounts.remove("cafe");
    let folder = tempfile::tempdir().unwrap();
    let database = login_store::DatabaseUrl::SqliteFile(folder.path().join("db"));
    let before = crate::people::proxy_on(database.clone()).await;
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

#[actix_web::test]
async fn a_cursor_of_another_list_is_refused() {
    let proxy = proxy().await;
    let shop = user(&proxy, "shop", OPENID, Some(UNIONID)).await;
    let cafe = user(&proxy, "cafe", "oCafe", Some(UNIONID)).await;
    let stranger = user(&proxy, "shop", "oStranger", None).await;
    write(&proxy, &shop, "order", 3).await;
    let page = shop
        .page("/api/records?limit=1&across=person&kind=order")
        .await;
    let cursor = page.next_cursor.unwrap();
    assert!(!cursor.contains(OPENID) && !cursor.contains("order"));
    let own = format!("/api/records?across=person&kind=order&cursor={cursor}");
    assert_eq!(names(&shop.page(&own).await), ["order/1", "order/0"]);
    for (caller, filters) in [
        (&stranger, "across=person&kind=order"),
        (&cafe, "across=person&kind=order"),
        (&shop, "across=account&kind=order"),
        (&shop, "across=person"),
        (&shop, "across=person&kind=note"),
    ] {
        let response = caller
            .get(&format!("/api/records?{filters}&cursor={cursor}"))
            .await;
        let error = error_of(response, 400, ErrorCode::InvalidRequest).await;
        assert!(
            error.message.contains("without cursor"),
            "{}",
            error.message
        );
    }
}
