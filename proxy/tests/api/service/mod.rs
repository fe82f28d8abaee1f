//! `/service`.

mod access;
mod records;
mod users;
