//! One page each.

pub mod failed;
pub mod guest;
pub mod home;
pub mod not_found;
pub mod profile;
