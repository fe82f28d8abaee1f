//! HTTP in, platform asked, HTTP out. No state here.

pub(crate) mod api;
pub(crate) mod authorize;
pub(crate) mod control;
pub(crate) mod debugger;
pub(crate) mod faults;
pub(crate) mod forms;
pub(crate) mod home;
pub(crate) mod hosts;
pub(crate) mod jssdk;
pub(crate) mod qrconnect;
pub(crate) mod respond;

mod own_client;
mod phone;

use actix_web::{Route, guard, web};
use parking_lot::Mutex;

use crate::platform::Platform;

/// One platform behind one lock. No request holds it while it waits for anything; a test that panicked inside (an
/// unknown person, say) does not take every later test's answer with it.
pub(crate) type Shared = web::Data<Mutex<Platform>>;

/// `GET`, and `HEAD` as its answer without a body.
pub(crate) fn get() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}
