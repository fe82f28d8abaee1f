//! A headless browser that looks like WeChat's on a phone: Chromium, or another engine (`WECHAT_LOGIN_ENGINE`).

mod chromium;
mod devtools;
mod driven;
mod engine;
mod firefox;
mod look;
mod old_chromium;
mod reuse;
mod socket;
mod webkitgtk;

pub use driven::Browser;
pub use engine::{Engine, Key};
pub use look::Look;
