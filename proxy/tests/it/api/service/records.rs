//! Records that backends bind to users.

use login_store::DatabaseUrl;
use sqlx::{Connection as _, Executor as _, SqliteConnection};

use crate::support::*;

fn record_path(openid: &str, key: &str) -> String {
    format!("{}/records/order/{key}", user_path("shop", openid))
}

#[actix_web::test]
async fn a_purchase_can_come_before_the_first_login() {
    let (proxy, backend) = proxy_and_backend().await;
    let bought = backend.put(&record_path(OPENID, "1"), &order()).await;
    let bought = bought.record(201).await;
    assert_eq!((bought.account.as_str(), bought.created_at), ("shop", NOW));
    let user = user(&proxy, "shop", OPENID, None).await;
    assert_eq!(user.names("/api/records").await, ["order/1"]);
    let read = user.get("/api/records/order/1").await;
    assert!(read.record(200).await == bought);
}

#[actix_web::test]
async fn a_backend_reads_replaces_and_deletes() {
    let (_proxy, backend) = proxy_and_backend().await;
    let path = record_path(OPENID, "1");
    backend.get(&path).await.error(404, NotFound).await;
    let first = backend.put(&path, "1").await;
    let stale = etag_of(&first);
    first.record(201).await;
    backend.put(&path, "2").await.record(200).await;
    assert_eq!(backend.get(&path).await.record(200).await.value, 2);
    let headers = [JSON, ("If-Match", stale.as_str())];
    let response = backend.send(&format!("PUT {path}"), &headers, "3").await;
    response.error(412, PreconditionFailed).await;
    assert_eq!(backend.delete(&path).await.status(), 204);
    backend.delete(&path).await.error(404, NotFound).await;
}

#[actix_web::test]
async fn a_backend_pages_through_a_user_and_a_person() {
    let (_proxy, backend) = proxy_and_backend().await;
    let user = user_path("shop", OPENID);
    let elsewhere = user_path("cafe", "oCafe");
    for path in [&user, &elsewhere] {
        let note = format!("{{\"unionid\":\"{UNIONID}\"}}");
        assert_eq!(backend.put(path, &note).await.status(), 200);
        for key in ["1", "2"] {
            let record = format!("{path}/records/order/{key}");
            assert_eq!(backend.put(&record, "1").await.status(), 201);
        }
    }
    let first = backend.page(&format!("{user}/records?limit=1")).await;
    assert_eq!(names(&first), ["order/1"]);
    let cursor = first.next_cursor.unwrap();
    let next = backend
        .page(&format!("{user}/records?cursor={cursor}"))
        .await;
    assert_eq!(names(&next), ["order/2"]);
    assert_eq!(next.next_cursor, None);
    let foreign = format!("{elsewhere}/records?cursor={cursor}");
    let response = backend.get(&foreign).await;
    response.error(400, InvalidRequest).await;
    let person = backend.page(&format!("{user}/records?across=person")).await;
    assert_eq!(person.records.len(), 4);
}

/// As where a login, a purchase and an erasure come at the same moment.
#[actix_web::test]
async fn a_purchase_for_a_user_who_is_being_erased_is_kept_for_the_same_user_anew() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("db").display());
    let proxy = proxy_on(DatabaseUrl::parse(&url).unwrap()).await;
    let backend = backend(&proxy);
    let erase_once = "CREATE TABLE erased (done INTEGER);
        CREATE TRIGGER erase AFTER INSERT ON identity WHEN NOT EXISTS (SELECT 1 FROM erased)
        BEGIN DELETE FROM identity; INSERT INTO erased VALUES (1); END";
    let mut own = SqliteConnection::connect(&url).await.unwrap();
    own.execute(erase_once).await.unwrap();
    let bought = backend.put(&record_path(OPENID, "1"), &order()).await;
    bought.record(201).await;
    let erased = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM erased");
    assert_eq!(erased.fetch_one(&mut own).await.unwrap(), 1);
}
