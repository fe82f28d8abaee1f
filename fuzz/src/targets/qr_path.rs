//! A QR code shows an address of this site, whatever path it is asked for.

use reqwest::Url;
use wechat_login_frontend::wechat::return_to;
use wechat_login_proxy::routes::qr::own_address;

use super::parts::text;

/// The path.
pub(super) fn run(input: &[u8]) {
    let path = text(input);
    let site = Url::parse("https://shop.example").unwrap();
    let Some(address) = own_address(&site, &path) else {
        return;
    };
    assert_eq!(address.origin(), site.origin());
    assert_eq!((address.username(), address.password()), ("", None));
    assert!(address.as_str().len() <= 1024 && address.as_str().is_ascii());
    assert!(address.as_str().starts_with("https://shop.example/"));
    let nobodys = |name: &str| name == "code" || name == "state";
    assert!(!address.query_pairs().any(|(name, _)| nobodys(&name)));
    // What it leads to is what it led to.
    let again = &address.as_str()["https://shop.example".len()..];
    assert_eq!(own_address(&site, again).as_ref(), Some(&address));
    // The app's own rule for paths has the same opinion.
    assert_eq!(return_to::sanitize(&path), path);
}
