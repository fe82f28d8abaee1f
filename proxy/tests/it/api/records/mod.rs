//! `/api/records`.

mod bad_input;
mod conditions;
mod isolation;
mod listing;
mod single;
mod writers;

/// Some record.
const ORDER: &str = "/api/records/order/1";
