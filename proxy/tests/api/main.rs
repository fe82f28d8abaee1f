//! The whole proxy over HTTP: against the simulator where WeChat behaves, against a scripted upstream where it does not.

mod auth;
mod bootstrap;
mod check;
mod cors;
mod health;
mod helpers;
mod limits;
mod logs;
mod metrics;
mod openapi;
mod people;
#[path = "../support/postgres.rs"]
mod postgres;
mod qr;
mod records;
mod report;
mod request_ids;
mod service;
mod session;
mod static_files;
mod unknown;
mod upstream;
mod verify_files;
mod wire;
