//! The targets, by who reads what.

mod answers;
mod app;
mod proxy;
mod requests;
mod simulator;

use answers::{record_value, wechat_answer};
use app::{authorize_url, callback, login_record, page_load, qr_path, return_to, user_agent};
use proxy::{client_address, config, cursor, identifiers, session_cookie};
use requests::{list_query, preconditions, proxy_request, report, service_authorization};
use simulator::{simulator_query, simulator_redirect, simulator_request, simulator_seed};

use crate::Target;

macro_rules! list {
    ($($name:ident)*) => {
        &[$(Target { name: stringify!($name), run: $name }),*]
    };
}

/// All of them.
pub const ALL: &[Target] = crate::with_targets!(list);

/// The one of this name.
pub fn named(name: &str) -> Option<Target> {
    ALL.iter().find(|target| target.name == name).copied()
}
