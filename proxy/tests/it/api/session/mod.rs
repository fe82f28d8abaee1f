//! `/api/session`.

mod bad_input;
mod doors;
mod doubled;
mod kept;
mod knowledge;
mod sign_in;
mod upstream_faults;
mod website;
