//! All tests of the proxy that need more than one of its modules: `api` and `attacks` speak HTTP to a proxy in this
//! process, `commands`, `life_cycle` and `operator` run the program, the others surround it with nginx, PostgreSQL and phones.
//!
//! One program, so that it is linked once and its tests share a machine's cores. What one of them changes for the whole
//! process, all others see: the log (`support::helpers`) is everybody's, and environment variables are nobody's to set.

mod api;
mod attacks;
mod chaos;
mod commands;
mod deploy;
mod failover;
mod forward_auth;
mod fuzz;
mod life_cycle;
mod operator;
mod packed;
mod replicas;
mod subpath;
mod support;
mod way_out;

use support::{phone, recorder, static_site};
