//! `/api/session`.

mod bad_input;
mod doubled;
mod knowledge;
mod show;
mod sign_in;
mod sign_out;
mod upstream_faults;
mod website;
