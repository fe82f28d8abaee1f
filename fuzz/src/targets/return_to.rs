//! Where a user goes after a login is a page of this site, as browsers read it.

use reqwest::Url;
use wechat_login_frontend::wechat::return_to::sanitize;

use super::parts::text;

/// The path.
pub(super) fn run(input: &[u8]) {
    let path = text(input);
    let sane = sanitize(&path);
    assert!(sane == path || sane == "/");
    assert_eq!(sanitize(sane), sane);
    // `url` reads addresses as the standard for browsers has it.
    for site in ["https://shop.example", "http://127.0.0.1:8080"] {
        let site = Url::parse(site).unwrap();
        let page = site.join("/deep/down?x=1#y").unwrap();
        let reached = page.join(sane).unwrap();
        assert_eq!(reached.origin(), site.origin());
        assert_eq!((reached.username(), reached.password()), ("", None));
    }
    // What stays on the site for a browser is not taken away from anybody, as long as nothing in it is odd.
    let is_plain = path.bytes().all(|it| it.is_ascii_graphic() && it != b'\\');
    if is_plain && path.starts_with('/') && !path.starts_with("//") {
        assert_eq!(sane, path);
    }
}
