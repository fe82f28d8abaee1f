//! `/service`.

mod access;
mod records;
mod users;
mod website_users;
