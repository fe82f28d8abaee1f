//! `GET` and `DELETE /api/session`: the session a browser keeps, and its end.

use crate::support::*;

#[actix_web::test]
async fn the_session_ends_after_its_time() {
    let (simulator, proxy) = simulated().await;
    proxy.log_in(&simulator, "xiaoming", Base).await;
    proxy.clock.advance(Duration::from_secs(12 * 3600 - 1));
    assert!(proxy.current_session().await.is_some());
    proxy.clock.advance(Duration::from_secs(1));
    assert_eq!(proxy.current_session().await, None);
}

#[actix_web::test]
async fn signing_out_ends_the_session_and_once_more_is_fine() {
    let (simulator, proxy) = simulated().await;
    proxy.log_in(&simulator, "xiaoming", Base).await;
    for _ in 0..2 {
        let response = proxy.delete("/api/session").await;
        assert_eq!(response.status(), 204);
        assert_eq!(response.header("cache-control"), "no-store");
        assert_eq!(proxy.current_session().await, None);
    }
    let response = proxy.stranger().delete("/api/session").await;
    assert_eq!(response.status(), 204);
}
