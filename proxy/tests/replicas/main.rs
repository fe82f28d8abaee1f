//! Three replicas of the real program on one PostgreSQL, behind a real nginx with the documented configuration, while
//! people log in and replicas come and go.
//!
//! `make test` runs it for some seconds; `make replicas` for as long as it is told, and prints figures.

mod disturbance;
mod doubled;
mod figures;
mod load;
#[path = "../support/nginx.rs"]
mod nginx;
mod phone;
#[path = "../support/postgres_server.rs"]
mod postgres_server;
mod replica;
mod site;
