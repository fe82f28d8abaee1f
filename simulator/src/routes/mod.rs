//! HTTP in, platform asked, HTTP out. No state here.

pub(crate) mod api;
pub(crate) mod authorize;
pub(crate) mod avatar;
pub(crate) mod cgi_bin;
pub(crate) mod consent;
pub(crate) mod control;
pub(crate) mod debugger;
pub(crate) mod fault_forms;
pub(crate) mod faults;
pub(crate) mod fidelity;
pub(crate) mod forms;
pub(crate) mod home;
pub(crate) mod not_found;
pub(crate) mod page_faults;
pub(crate) mod personas;
pub(crate) mod qrconnect;
pub(crate) mod snapshot;
pub(crate) mod sns;

mod app_server;
mod html;
mod json_body;
mod origin;
mod phone;
mod same_origin;
mod spoiled;
