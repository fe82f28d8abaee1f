//! HTTP in, platform asked, HTTP out. No state here.

pub(crate) mod api;
pub(crate) mod authorize;
pub(crate) mod control;
pub(crate) mod debugger;
pub(crate) mod faults;
pub(crate) mod forms;
pub(crate) mod home;
pub(crate) mod qrconnect;
pub(crate) mod respond;

mod own_client;
mod phone;
