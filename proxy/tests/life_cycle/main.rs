//! How the program ends, and what that means for those who use it: real processes, real signals.

mod end;
mod gated_wechat;
mod health;
mod key_rotation;
#[path = "../support/nginx.rs"]
mod nginx;
#[path = "../support/program.rs"]
mod program;
mod restart;
mod site;
