//! Addresses that lead to another site for browsers and look like a path of ours. The list is one for the QR code here,
//! for the app's own functions (`tools/fuzz/tests/bounded.rs`) and for a real browser (the journey `attacks`).

use reqwest::Url;
use wechat_login_proxy::http::routes::qr::own_address;

use crate::support::*;

/// The tricks, a JSON list of texts.
const TRICKS: &str = include_str!("../../../../tests/support/open_redirects.json");

#[actix_web::test]
async fn no_trick_puts_another_site_into_a_qr_code() {
    let tricks: Vec<String> = serde_json::from_str(TRICKS).unwrap();
    assert!(tricks.len() > 100, "{}", tricks.len());
    let proxy = TestProxy::alone().await;
    let site = Url::parse("http://127.0.0.1:8080").unwrap();
    let origin = site.origin().ascii_serialization();
    let mut pictures = 0;
    for trick in &tricks {
        let answer = proxy.request(Method::GET, "/api/qr.svg");
        let answer = answer.query(&[("path", trick)]).answer().await;
        let address = own_address(&origin, "", trick);
        assert_eq!(answer.status().is_success(), address.is_some(), "{trick:?}");
        if let Some(below) = own_address(&origin, "/h5", &format!("/h5{trick}")) {
            let below = Url::parse(&below).unwrap();
            assert_eq!(below.origin(), site.origin(), "{trick:?}");
            let path = format!("{}/", below.path());
            assert!(path.starts_with("/h5/"), "{trick:?}");
        }
        let Some(address) = address else {
            assert_eq!(answer.status(), 400, "{trick:?}");
            continue;
        };
        pictures += 1;
        // `Url` reads addresses as the standard for browsers has it; the second half is how careless readers do.
        let address = Url::parse(&address).unwrap();
        assert_eq!(address.origin(), site.origin(), "{trick:?}");
        assert!(!address.path().starts_with("//"), "{trick:?}");
        assert!(!address.as_str().contains("STOLEN"), "{trick:?}");
        assert_eq!((address.username(), address.password()), ("", None));
    }
    // Some are odd names of pages here, and no more.
    assert!((1..40).contains(&pictures), "{pictures}");
}

#[actix_web::test]
async fn no_parameter_makes_the_proxy_redirect() {
    let proxy = TestProxy::alone().await;
    let tricks: Vec<String> = serde_json::from_str(TRICKS).unwrap();
    for name in ["return_to", "redirect_uri", "next", "url", "r", "continue"] {
        for path in [
            "/",
            "/api/session",
            "/api/bootstrap",
            "/api/auth",
            "/api/qr.svg",
        ] {
            for trick in tricks.iter().step_by(9) {
                let request = proxy.request(Method::GET, path);
                let answer = request.query(&[(name, trick)]).answer().await;
                assert!(!answer.status().is_redirection(), "{path}?{name}={trick}");
                for header in ["location", "refresh", "link", "content-location"] {
                    assert!(!answer.has(header), "{header}");
                }
            }
        }
    }
}
