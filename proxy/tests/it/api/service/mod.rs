//! `/service`.

mod access;
mod look_ups;
mod records;
mod users;
mod website_users;
