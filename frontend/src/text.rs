//! The words of this app's pages, in Chinese and English; the login brings its own.

use leptos_wechat_login::browser;

// `struct Texts`, `CHINESE` and `ENGLISH`, of `text.toml`.
include!(concat!(env!("OUT_DIR"), "/text.rs"));

/// The reader's language: English if the browser asks for it first, Chinese otherwise.
pub(crate) fn texts() -> &'static Texts {
    if browser::language().starts_with("en") {
        &ENGLISH
    } else {
        &CHINESE
    }
}
