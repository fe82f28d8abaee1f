//! Where a user goes after a login is a page of this site, as browsers read it.

use leptos_wechat_login::flow::return_to::sanitize;
use reqwest::Url;

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
    // What a browser shows in its address bar is not taken away from anybody, but for paths with two slashes.
    if let Ok(shown) = Url::parse("https://shop.example").unwrap().join(&path)
        && let Some(local) = shown.as_str().strip_prefix("https://shop.example")
        && local.starts_with('/')
        && !shown.path().contains("//")
    {
        assert_eq!(sanitize(local), local);
    }
}
