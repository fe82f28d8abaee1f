//! The login over HTTP.
//!
//! Reading order: `server` (the route table), `middleware` (what every request passes, in order), `extract` (who asks
//! for what), `routes` (the handlers), `refusal` (what a caller is told when something fails), `openapi` (the API
//! described), `app_files` (the built app), `scan_pages` (pages of our own); `state` is what they share, and stands below them all.

pub(crate) mod app_files;
pub mod client_address;
pub(crate) mod extract;
pub(crate) mod headers;
pub mod metrics_server;
pub mod middleware;
mod open_files;
pub mod openapi;
pub(crate) mod refusal;
pub mod routes;
mod scan_pages;
pub(crate) mod server;
pub(crate) mod state;

pub use server::{app, run, serve};
pub use state::{AppState, StartError};
