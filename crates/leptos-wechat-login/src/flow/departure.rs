//! A way to WeChat, and what is remembered until it is taken.

use api_types::Scope;
use login_decision::callback::write_redirect_uri;

use super::Leave;

/// A way to WeChat.
pub(super) struct Departure {
    pub(super) scope: Scope,
    pub(super) attempt: u8,
    pub(super) leave: Leave,
    /// Shown until the page is gone.
    pub(super) reason: Option<&'static str>,
    /// The one that the page names to which it leads back, or else this page's, if absent.
    pub(super) account: Option<String>,
    /// The page as it is if absent.
    pub(super) return_to: Option<String>,
}

impl Departure {
    /// Silent and unasked for.
    pub(super) fn automatic(attempt: u8) -> Self {
        Self {
            scope: Scope::Base,
            attempt,
            leave: Leave::Replacing,
            reason: None,
            account: None,
            return_to: None,
        }
    }
}

/// Where WeChat sends its answer; see [`write_redirect_uri`].
pub fn redirect_uri(public_url: &str, local: &str) -> String {
    let mut uri = String::new();
    // Writing to a String cannot fail.
    let _ = write_redirect_uri(public_url, local, &mut uri);
    uri
}
