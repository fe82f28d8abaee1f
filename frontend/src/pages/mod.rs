//! The company's pages, one file each. Each names its frame [`leptos_wechat_login::RequireLogin`] if it is not for everybody.

mod avatar;
pub(crate) mod not_found;
pub(crate) mod orders;
pub(crate) mod profile;
