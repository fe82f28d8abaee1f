//! What people see. Values in, markup out; works without scripts.

mod authorize;
mod avatar;
mod debugger;
mod faults;
mod fidelity;
mod home;
mod layout;
mod log;
mod login;
mod people;

pub(crate) use authorize::{
    ConsentKind, authorize_refused, consent, refused_blank, refused_go_back, snapshot,
};
pub(crate) use avatar::avatar;
pub(crate) use debugger::{
    Call, Callback, Known, Start, callback as debugger_callback, calls as debugger_calls,
    start as debugger_start,
};
pub(crate) use faults::{callback_twice, ordered_error};
pub(crate) use fidelity::fidelity;
pub(crate) use home::home;
pub(crate) use layout::notice;
pub(crate) use log::{LogFilter, list as log_list};
pub(crate) use login::{login_refused, qr_code, scan_as, scan_decided};
