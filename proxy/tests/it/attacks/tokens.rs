//! Tokens of mini-programs and mobile apps: forged, mixed with cookies, over, and from pages of other sites.

use super::{OPEN, statuses};
use crate::support::*;

/// A proxy whose account has a mini-program, and the token of somebody there.
async fn with_token() -> (TestProxy, String) {
    let proxy = TestProxy::start_with(with_doors(config_with_backends())).await;
    let token = proxy.token(OPENID);
    (proxy, token)
}

async fn statuses_of(proxy: &TestProxy, token: &str) -> [u16; 3] {
    let header = format!("Bearer {token}");
    statuses(proxy, &[("Authorization", &header)]).await
}

#[actix_web::test]
async fn a_token_is_no_cookie_and_a_cookie_no_token_and_neither_a_service_key() {
    let (proxy, token) = with_token().await;
    assert_eq!(statuses_of(&proxy, &token).await, OPEN);
    for name in ["wechat_login", "__Host-wechat_login", "token"] {
        let cookie = format!("{name}={token}");
        assert_eq!(statuses(&proxy, &[("Cookie", &cookie)]).await, [401; 3]);
    }
    let cookie = proxy.cookie(&session(OPENID));
    let (_, sealed) = cookie.split_once('=').unwrap();
    for other in [sealed, &cookie, SERVICE_KEY, ""] {
        assert_eq!(statuses_of(&proxy, other).await, [401; 3]);
    }
    let answer = backend_with(&proxy, &token)
        .get("/service/accounts/shop/users")
        .await;
    answer.error(401, Unauthorized).await;
}

#[actix_web::test]
async fn a_token_cut_anywhere_or_with_any_bit_flipped_is_nobody() {
    let (proxy, token) = with_token().await;
    let opens = |token: &[u8]| proxy.state.sessions.open_token(token).is_some();
    assert!(opens(token.as_bytes()));
    for at in 0..token.len() {
        assert!(!opens(&token.as_bytes()[..at]), "the first {at}");
        for bit in 0..8 {
            let mut flipped = token.clone().into_bytes();
            flipped[at] ^= 1 << bit;
            assert!(!opens(&flipped), "bit {bit} of byte {at}");
        }
    }
}

#[actix_web::test]
async fn a_token_decides_alone_whatever_cookie_or_token_stands_beside_it() {
    let (proxy, token) = with_token().await;
    let cookie = proxy.cookie(&session("oOfSomebodyElse"));
    let beside = [("Cookie", cookie.as_str())];
    assert_eq!(statuses(&proxy, &beside).await, OPEN);
    let good = format!("Bearer {token}");
    let whose = async |headers: &[(&str, &str)]| {
        let answer = proxy.ask("GET /api/session", headers).await;
        match answer.code() {
            200 => answer.object::<Session>().await.openid,
            _ => String::new(),
        }
    };
    for (tokens, expected) in [
        (&[good.as_str()][..], OPENID),
        (&["Bearer broken"], ""),
        (&["Bearer"], ""),
        (&[&good, &good], ""),
        (&["Bearer broken", &good], ""),
        (&[&format!("{good}, {good}")], ""),
    ] {
        let tokens = tokens.iter().map(|token| ("Authorization", *token));
        let headers: Vec<_> = tokens.chain(beside).collect();
        assert_eq!(whose(&headers).await, expected, "{headers:?}");
    }
}

#[actix_web::test]
async fn a_token_ends_with_its_time_its_key_and_its_application() {
    let (proxy, token) = with_token().await;
    let [mut other_key, mut no_miniprogram] = [(), ()].map(|()| with_doors(config_with_backends()));
    other_key.session_keys =
        config_with(NO_WECHAT, &[("SESSION_KEYS", &"n".repeat(32))]).session_keys;
    no_miniprogram.accounts.get_mut("shop").unwrap().miniprogram = None;
    for changed in [other_key, no_miniprogram] {
        let later = TestProxy::start_with(changed).await;
        assert_eq!(statuses_of(&later, &token).await, [401; 3]);
    }
    // Signing out ends no token, which the documents say.
    let signed_out = backend_with(&proxy, &token).delete("/api/session").await;
    assert_eq!(signed_out.status(), 204);
    assert_eq!(statuses_of(&proxy, &token).await, OPEN);
    proxy.clock.advance(Duration::from_secs(3600));
    assert_eq!(statuses_of(&proxy, &token).await, [401; 3]);
}

#[actix_web::test]
async fn a_token_lets_no_page_of_another_site_write() {
    let (proxy, token) = with_token().await;
    let token = format!("Bearer {token}");
    for line in ["PUT /api/records/order/1", "DELETE /api/records/order/1"] {
        let headers = [
            JSON,
            ("Authorization", &token),
            ("Sec-Fetch-Site", "cross-site"),
        ];
        proxy
            .send(line, &headers, "1")
            .await
            .error(403, Forbidden)
            .await;
    }
}
