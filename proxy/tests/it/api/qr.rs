//! The QR code of one of our own pages.

use crate::support::*;

#[actix_web::test]
async fn a_page_of_this_site_becomes_a_picture_that_cannot_run_anything() {
    let proxy = TestProxy::alone().await;
    let answer = proxy.get("/api/qr.svg?path=/orders%3Ftab%3D2%23top").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.header("content-type"), "image/svg+xml");
    assert_eq!(
        answer.header("content-security-policy"),
        "default-src 'none'"
    );
    let svg = answer.string().await;
    assert!(svg.contains("<svg") && svg.contains("<path"), "{svg}");
    assert!(!svg.contains("<script") && !svg.contains("href"));
    let other = proxy.get("/api/qr.svg?path=/orders").await;
    assert_ne!(svg, other.string().await);
}
