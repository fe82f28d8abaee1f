//! What people see. Values in, markup out; works without scripts.

mod avatar;
mod consent;
mod debugger;
mod error;
mod explanation;
mod fidelity;
mod fragment;
mod home;
mod layout;
mod login;
mod ordered;
mod refused;
mod snapshot;

pub(crate) use avatar::avatar;
pub(crate) use consent::{ConsentKind, consent};
pub(crate) use debugger::{
    Callback, Start, Step, Tokens, callback as debugger_callback, start as debugger_start,
    steps as debugger_steps,
};
pub(crate) use error::{authorize_refused, notice};
pub(crate) use fidelity::fidelity;
pub(crate) use home::{Home, LogFilter, home, log_list};
pub(crate) use login::{login_refused, qr_code, scan_as, scan_decided};
pub(crate) use ordered::{callback_twice, ordered_error, page_error_text};
pub(crate) use refused::{refused_blank, refused_go_back};
pub(crate) use snapshot::snapshot;
