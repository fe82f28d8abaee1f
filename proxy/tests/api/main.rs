//! The whole proxy over HTTP: against the simulator where WeChat behaves, against a scripted upstream where it does not.

mod auth;
mod behind_nginx;
mod bootstrap;
mod check;
mod cors;
mod guards;
mod health;
mod helpers;
mod limits;
mod logs;
#[path = "../support/made_up.rs"]
mod made_up;
mod metrics;
#[path = "../support/nginx.rs"]
mod nginx;
mod odd_headers;
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
#[path = "../attacks/static_site.rs"]
#[expect(dead_code, reason = "nobody is slow here")]
mod static_site;
mod unknown;
mod upstream;
mod verify_files;
mod wire;
