//! The session is the proxy's; the backend's own cookies are the backend's.

use actix_web::http::StatusCode;

use super::site::{Site, behind_both, behind_both_with, user};

/// What the backend gets of these `Cookie` headers, in which `{}` stands for the session.
async fn passed_on(site: &Site, cookies: &[&str]) -> Vec<String> {
    let session = site.cookie(&user());
    let sent = cookies.iter().map(|cookie| cookie.replace("{}", &session));
    let sent: Vec<String> = sent.collect();
    let headers: Vec<_> = sent.iter().map(|it| ("Cookie", it.as_str())).collect();
    let response = site.ask("GET /backend/orders", &headers).await;
    assert_eq!(response.status(), 200, "{cookies:?}");
    let seen = site.backend.take_one();
    let cookies = seen.values("cookie");
    cookies.into_iter().map(str::to_owned).collect()
}

/// What is sent, and what of it goes on; `None` is no header at all.
const CASES: [(&[&str], Option<&str>); 13] = [
    (&["{}"], None),
    (&["{}; basket=1"], Some("basket=1")),
    (&["basket=1; {}"], Some("basket=1")),
    (&["basket=1; {}; theme=dark"], Some("basket=1; theme=dark")),
    (&["basket=1;{};theme=dark"], Some("basket=1;theme=dark")),
    (&["basket=1", "{}"], Some("basket=1")),
    (&["{}", "basket=1"], Some("basket=1")),
    // Names that only look alike are somebody else's.
    (
        &["my_wechat_login=1; {}; wechat_login_hint=2"],
        Some("my_wechat_login=1; wechat_login_hint=2"),
    ),
    (
        &["basket=\"a=b\"; {}; empty="],
        Some("basket=\"a=b\"; empty="),
    ),
    // That of a login by a phone.
    (&["__Host-wechat_login_scan=s; {}"], None),
    (&["basket=1; {}; wechat_login_scan=s"], Some("basket=1")),
    (
        &["{}; a=1; __Secure-wechat_login_scan=s; b=2"],
        Some("a=1; b=2"),
    ),
    (
        &["wechat_login_scan=s; {}; my_wechat_login_scan=1"],
        Some("my_wechat_login_scan=1"),
    ),
];

#[actix_web::test]
async fn the_session_stays_and_other_cookies_pass() {
    for public_url in [
        "http://127.0.0.1:8080",
        "https://shop.example",
        "https://shop.example/h5",
    ] {
        behind_both_with(public_url, StatusCode::OK, async |site| {
            for (sent, expected) in CASES {
                let expected: Vec<_> = expected.into_iter().collect();
                assert_eq!(passed_on(&site, sent).await, expected, "{sent:?}");
            }
        })
        .await;
    }
}

#[actix_web::test]
async fn with_two_sessions_no_cookie_passes() {
    behind_both(async |site| {
        for cookies in [
            &["{}; {}; basket=1"][..],
            &["{}; basket=1; {}"],
            &["basket=1; {}; {}; theme=dark"],
            &["wechat_login=broken; basket=1; {}"],
            &["basket=1; {}; __Host-wechat_login=other"],
            &["__Secure-wechat_login=other; {}"],
            &["{}", "basket=1", "{}"],
            &["{}; {}; {}; {}"],
            &["{}; wechat_login_scan=1; a=1; wechat_login_scan=2"],
        ] {
            assert_eq!(passed_on(&site, cookies).await, [""; 0], "{cookies:?}");
        }
    })
    .await;
}

#[actix_web::test]
async fn odd_white_space_does_not_carry_the_session_through() {
    behind_both(async |site| {
        for cookie in [
            "basket=1;\t{}",
            "basket=1;   {}  ",
            " {}",
            "basket=1 ; {} ; theme=dark",
            // A name that begins with another blank is not the session's; see the tests of attacks.
            "basket=1;\u{a0}{}; {}",
            "{}; basket=1;\u{3000}{}; theme=dark",
        ] {
            let passed = passed_on(&site, &[cookie]).await.join("; ");
            assert!(!passed.contains("wechat_login"), "{cookie:?}: {passed}");
        }
    })
    .await;
}
