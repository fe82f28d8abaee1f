//! The handlers, one file for each resource.

pub mod bootstrap;
pub mod health;
pub mod records;
pub mod service;
pub mod session;
