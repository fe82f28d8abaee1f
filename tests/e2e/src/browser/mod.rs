//! Headless Chromium that looks like WeChat's browser on a phone.

mod device;
mod devtools;
mod driven;
mod look;
mod reuse;

pub use device::Key;
pub use devtools::Script;
pub use driven::Browser;
pub use look::Look;
