//! A QR code shows an address of this site, whatever path it is asked for.

use api_types::has_login_answer;
use leptos_wechat_login::flow::return_to;
use reqwest::Url;
use wechat_login_proxy::routes::qr::own_address;

use super::parts::text;

/// The path.
pub(super) fn run(input: &[u8]) {
    let path = text(input);
    let site = Url::parse("https://shop.example").unwrap();
    let address = own_address("https://shop.example", &path);
    // The app's own rule for paths has the same opinion, but for whose login it is and for what fits into a picture.
    let is_page = path.starts_with('/') && return_to::sanitize(&path) == path;
    let Some(address) = address else {
        assert!(!is_page || has_login_answer(&path) || path.len() > 300);
        return;
    };
    assert!(is_page && !has_login_answer(&path));
    assert!(address.len() <= 1024 && address.is_ascii());
    let local = address.strip_prefix("https://shop.example").unwrap();
    let is_plain = path.bytes().all(|it| it.is_ascii_graphic());
    assert!(!is_plain || local == path);
    // As browsers read it.
    let read = Url::parse(&address).unwrap();
    assert_eq!(read.origin(), site.origin());
    assert_eq!((read.username(), read.password()), ("", None));
    assert!(!read.path().starts_with("//"));
    // What it leads to is what it led to.
    assert_eq!(
        own_address("https://shop.example", local),
        Some(address.clone())
    );
}
