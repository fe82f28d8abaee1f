//! A backend behind a real nginx, configured by the very file the documentation shows, and behind the server of `make dev`,
//! which promises the same: whom the backend learns of, and what never reaches it.

mod forgeries;
mod fronts;
mod passing;
mod refusals;
mod session_cookie;
mod signed_in;
pub(crate) mod site;
