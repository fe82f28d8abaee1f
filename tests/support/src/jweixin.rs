//! WeChat's script for pages, as npm has it: the package `weixin-js-sdk`, not a byte changed.
//!
//! `cargo xtask test` installs it and says where it is in `WECHAT_LOGIN_JWEIXIN`, or that there is none.

use std::path::PathBuf;

/// Where it is; `None` where it cannot be installed.
///
/// # Panics
/// When nobody says.
pub fn jweixin() -> Option<PathBuf> {
    let path = std::env::var_os("WECHAT_LOGIN_JWEIXIN").expect(
        "WECHAT_LOGIN_JWEIXIN does not say where the index.js of npm's weixin-js-sdk is, or `none`; `cargo xtask test` does",
    );
    (path != "none").then(|| path.into())
}
