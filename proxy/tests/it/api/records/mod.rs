//! `/api/records`.

mod backend_kinds;
mod bad_input;
mod conditions;
mod erased;
mod isolation;
mod listing;
mod single;
mod snapshot;
