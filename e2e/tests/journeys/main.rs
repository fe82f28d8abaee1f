//! What a user lives through, in Chromium with WeChat's user agent on a phone's screen, against the release build.
//!
//! Each journey has a world and browsers of its own. Screenshots land in `target/screenshots/`.

mod consent;
mod login;
mod stolen;
mod trouble;
