//! `/api/scan`: a computer is signed in by a phone, in the place of WeChat's own page for website applications.
//!
//! The app on the computer goes to [`computer::show`] as it would go to WeChat's, and comes back with a code of ours,
//! which [`computer::redeem`] takes. Pages and their script, and no part of the API that others are told of.

mod client;
mod computer;
mod phone;
mod shared;

use actix_web::dev::{AppService, HttpServiceFactory};
use actix_web::web;

pub(super) use computer::redeem;
pub(super) use shared::BASE;

/// The routes, below `/api`; none where no account has such logins.
pub(crate) struct Routes {
    pub(crate) is_on: bool,
}

impl HttpServiceFactory for Routes {
    fn register(self, config: &mut AppService) {
        if !self.is_on {
            return;
        }
        let page = web::resource("/scan/connect/qrconnect").get(computer::show);
        page.register(config);
        web::resource("/scan/wait")
            .post(computer::wait)
            .register(config);
        let phone = web::resource("/scan/{id}")
            .get(phone::show)
            .post(phone::decide);
        phone.register(config);
    }
}
