//! The whole proxy over HTTP: against the simulator where WeChat behaves, against a scripted upstream where it does not.

mod auth;
mod behind_nginx;
mod bootstrap;
mod check;
mod cors;
mod guards;
mod health;
mod leaders;
mod limits;
mod logs;
mod metrics;
mod odd_headers;
mod openapi;
mod poolers;
mod prefix;
mod qr;
mod records;
mod report;
mod request_ids;
mod service;
mod session;
mod static_files;
mod unknown;
mod verify_files;
