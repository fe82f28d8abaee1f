//! The whole proxy over HTTP: against the simulator where WeChat behaves, against a scripted upstream where it does not.

mod bootstrap;
mod health;
mod helpers;
mod logs;
mod qr;
mod report;
mod session;
mod static_files;
mod unknown;
mod upstream;
