//! The company's pages, one file each. Each names its frame [`crate::auth::RequireLogin`] if it is not for everybody.

pub mod not_found;
pub mod orders;
pub mod profile;
