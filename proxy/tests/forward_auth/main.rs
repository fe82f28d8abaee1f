//! A backend behind a real nginx, configured by the very file the documentation shows: whom the backend learns of, and
//! what never reaches it.

mod forgeries;
#[path = "../support/nginx.rs"]
mod nginx;
mod passing;
mod recorder;
mod refusals;
mod session_cookie;
mod signed_in;
mod site;
