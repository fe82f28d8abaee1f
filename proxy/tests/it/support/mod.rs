//! What these tests need of a proxy, of WeChat and of browsers.

pub(crate) mod helpers;
pub(crate) mod people;
pub(crate) mod phone;
pub(crate) mod recorder;
pub(crate) mod static_site;
pub(crate) mod upstream;

use test_support::program::Executable;

/// The program these tests are about.
pub(crate) const PROXY: Executable = Executable(env!("CARGO_BIN_EXE_wechat-login-proxy"));
