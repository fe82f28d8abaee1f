//! What the address brought, taken out of it before anything else runs.

use crate::browser;
use crate::wechat::callback::{self, Callback};
use crate::wechat::pending_login::PendingLogin;

/// What every authorize address ends with.
const WECHAT_REDIRECT: &str = "#wechat_redirect";

/// A page load: WeChat's answer, if there is one, and what this browser knows about it.
pub struct Arrival {
    pub(super) callback: Callback,
    pub(super) pending: Option<PendingLogin>,
}

impl Arrival {
    /// A page that nothing was brought to.
    pub(super) fn nothing() -> Self {
        Self {
            callback: Callback::None,
            pending: None,
        }
    }

    /// Reads the `code` and `state` of logins of ours and removes them from the address bar and this history entry.
    ///
    /// Called before the router and before any request: a code that stays in the address is replayed by reload, Back,
    /// favourites and shared links. The login's own page, query and fragment take its place. What is not ours stays.
    pub fn take() -> Self {
        let mut address = browser::address();
        // Browsers carry the authorize page's fragment over its redirect to an address that has none.
        if address.fragment == WECHAT_REDIRECT {
            address.fragment.clear();
        }
        let taken = callback::take(&address.search, browser::now(), browser::load_pending);
        let (callback, pending) = (taken.callback, taken.pending);
        if callback != Callback::None {
            let search = taken.search;
            let clean = browser::Address { search, ..address }.local();
            browser::replace_address(pending.as_ref().map_or(&clean, |login| &login.return_to));
        }
        Self { callback, pending }
    }
}
