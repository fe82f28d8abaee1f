//! What people see. Values in, markup out; works without scripts.

mod avatar;
mod consent;
mod error;
mod explanation;
mod home;
mod layout;
mod refused;

pub(crate) use avatar::avatar;
pub(crate) use consent::consent;
pub(crate) use error::{authorize_refused, notice};
pub(crate) use home::home;
pub(crate) use refused::{refused_blank, refused_go_back};
