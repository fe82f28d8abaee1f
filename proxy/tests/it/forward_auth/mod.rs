//! A backend behind a real nginx, configured by the very file the documentation shows: whom the backend learns of, and
//! what never reaches it.

mod express;
mod forgeries;
mod passing;
mod refusals;
mod session_cookie;
mod signed_in;
pub(crate) mod site;
