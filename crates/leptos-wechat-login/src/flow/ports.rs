//! What the login needs of the world: a browser and the proxy.

use api_types::{Bootstrap, ExchangeRequest, Session};

use login_decision::callback::Callback;
use login_decision::pending_login::PendingLogin;

use super::{AuthState, Failure, Notice};

/// The browser: address, history, storage, time and chance, and the screen.
///
/// Everything here may be missing or forbidden in some webview, so nothing fails: what cannot be read is empty, what
/// cannot be written is dropped, and the login copes with that.
pub trait Browser {
    /// Where the page is.
    fn address(&self) -> Address;

    /// What the page's first stage has taken out of the address, where there was one: WeChat's answer, and this
    /// browser's record of the login that it answers. The address has no answer any more.
    fn arrived(&self) -> Option<(Callback<String>, Option<PendingLogin<String>>)> {
        None
    }

    /// Changes the address bar and this history entry to a local path without loading anything.
    fn replace_address(&self, local: &str);

    /// Leaves the page for `url`.
    fn go(&self, url: &str, leave: Leave);

    /// Loads the page anew.
    fn reload(&self);

    /// Milliseconds since 1970-01-01 UTC by the phone's clock.
    fn now(&self) -> u64;

    /// Fills `bytes` with what nobody guesses.
    fn random(&self, bytes: &mut [u8]);

    /// What the browser says it is.
    fn user_agent(&self) -> String;

    /// What is stored under a key.
    fn stored(&self, storage: Storage, key: &str) -> Option<String>;

    /// Stores a value under a key, or forgets it.
    fn store(&self, storage: Storage, key: &str, value: Option<&str>);

    /// The keys of everything that is stored, the login's and others'.
    fn stored_keys(&self, storage: Storage) -> Vec<String>;

    /// Where the login is from now on; a program without a screen reads [`Flow::state`](super::Flow::state).
    fn show(&self, state: &AuthState) {
        let _ = state;
    }

    /// What went wrong beside an intact session, or that nothing did.
    fn notify(&self, notice: Option<&Notice>) {
        let _ = notice;
    }
}

/// The proxy's routes that a login needs.
pub trait Api {
    /// `GET /api/bootstrap`: configuration and session.
    fn bootstrap(&self) -> impl Future<Output = Result<Bootstrap, Failure>>;

    /// `POST /api/session`: exchanges a code; on success the browser has the session's cookie.
    fn create_session(
        &self,
        request: &ExchangeRequest,
    ) -> impl Future<Output = Result<Session, Failure>>;

    /// `GET /api/session`: who is signed in, by the proxy's word of this moment.
    fn session(&self) -> impl Future<Output = Result<Session, Failure>>;

    /// `DELETE /api/session`: ends the session.
    fn delete_session(&self) -> impl Future<Output = Result<(), Failure>>;
}

/// The address of a page, in its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// `https://shop.example`
    pub origin: String,
    /// `/orders`
    pub path: String,
    /// `?tab=2`, or empty.
    pub search: String,
    /// `#new`, or empty.
    pub fragment: String,
}

impl Address {
    /// Path, query and fragment together.
    pub fn local(&self) -> String {
        [&*self.path, &self.search, &self.fragment].concat()
    }
}

/// How a page is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// The page vanishes from history: for redirects nobody asked for, so that Back does not come by again.
    Replacing,
    /// The page stays in history: after a tap, so that Back out of a refused consent finds it.
    Pushing,
}

/// Where a browser keeps something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Storage {
    /// The tab's own, `sessionStorage`.
    Tab,
    /// The site's, `localStorage`.
    Site,
}

impl Storage {
    /// The tab's own and, because webviews lose it between leaving and returning, the copy that survives.
    pub const BOTH: [Self; 2] = [Self::Tab, Self::Site];
}
