//! The handlers, one file for each resource.

pub(crate) mod app_files;
pub(crate) mod auth;
pub(crate) mod bootstrap;
pub(crate) mod health;
pub(crate) mod jssdk;
pub(crate) mod look_ups;
pub(crate) mod openapi;
pub mod qr;
pub(crate) mod records;
pub(crate) mod report;
pub(crate) mod scan;
pub(crate) mod service;
pub(crate) mod session;
pub(crate) mod verify_file;
