//! The handlers, one file for each resource.

pub(crate) mod app_files;
pub mod auth;
pub mod bootstrap;
pub mod health;
pub mod jssdk;
pub mod look_ups;
pub mod openapi;
pub mod qr;
pub mod records;
pub mod report;
pub(crate) mod scan;
pub mod service;
pub mod session;
pub(crate) mod verify_file;
