//! `ping` fails where a login would, and changes nothing.

use crate::samples::{Database, SHOP, XIAOMING, known, owner, silent_login};

/// Fails once connections see what was changed; what the error says.
async fn failing(store: &dyn login_store::Store, words: &str) {
    let mut met = Vec::new();
    // The first may find that its connection was ended.
    for _ in 0..20 {
        let error = store.ping().await.err().map(|error| error.to_string());
        if error.as_ref().is_some_and(|error| error.contains(words)) {
            let login = store.upsert_identity(&silent_login(9)).await;
            assert!(login.unwrap_err().to_string().contains(words));
            return;
        }
        met.push(error);
    }
    panic!("ping never said {words}: {met:?}");
}

#[tokio::test]
async fn a_ping_touches_nothing() {
    for database in Database::lasting().await {
        let store = database.open().await;
        store.ping().await.unwrap();
        let told = store.upsert_identity(&silent_login(5)).await.unwrap();
        store.ping().await.unwrap();
        assert_eq!(known(&*store).await, Some(told));
        assert_eq!(store.erase(&owner(SHOP, XIAOMING)).await.unwrap(), Some(0));
        assert_eq!(
            store.unseen_users(u64::from(u32::MAX), None).await.unwrap(),
            []
        );
    }
}

#[tokio::test]
async fn without_the_right_to_insert_it_fails() {
    let database = Database::postgres().await;
    let store = database.of_visitor().await;
    store.ping().await.unwrap();
    database
        .execute("REVOKE INSERT ON identity FROM visitor")
        .await;
    failing(&*store, "permission denied for table identity").await;
}
