//! HTTP in, platform asked, HTTP out. No state here.

pub(crate) mod authorize;
pub(crate) mod avatar;
pub(crate) mod consent;
pub(crate) mod control;
pub(crate) mod home;
pub(crate) mod not_found;
pub(crate) mod sns;

mod html;
mod origin;
mod phone;
