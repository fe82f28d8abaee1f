//! So many requests at the same moment.

use std::sync::Arc;

use api_types::ErrorCode;
use futures_util::future::join_all;
use tokio::sync::Semaphore;

use super::retry_after;
use crate::helpers::{TestProxy, VERIFIER, config, error_of, session_of, token_body};
use crate::upstream::{Reply, Upstream};

#[actix_web::test]
async fn beyond_the_limit_requests_are_refused_at_once_and_those_under_way_are_answered() {
    let gate = Arc::new(Semaphore::new(0));
    let replies = (0..3).map(|_| Reply::Gated(gate.clone(), token_body("snsapi_base")));
    let upstream = Upstream::start(replies).await;
    let mut config = config(&upstream.base_url());
    config.limits.requests_at_once = 3;
    let proxy = TestProxy::start_with(config).await;

    let codes = ["one", "two", "three"];
    let logins = join_all(codes.map(|code| proxy.sign_in(code, VERIFIER)));
    let meanwhile = async {
        upstream.wait_for(3).await;
        let refused = proxy.get("/api/bootstrap").await;
        assert_eq!(retry_after(&refused), 1);
        error_of(refused, 503, ErrorCode::Internal).await;
        for probe in ["/healthz", "/readyz"] {
            assert_eq!(proxy.get(probe).await.status(), 200, "{probe}");
        }
        gate.add_permits(3);
    };
    let (logins, ()) = futures_util::future::join(logins, meanwhile).await;
    for login in logins {
        session_of(login).await;
    }
    assert_eq!(proxy.get("/api/bootstrap").await.status(), 200);
}
