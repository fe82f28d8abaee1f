//! What the login shows of itself while a page waits for it, and when it cannot have it; and the pieces this is made of,
//! for pages that want the same look.
//!
//! The markup has class names, which `README.md` lists, `data-action` attributes for tests, and no style of its own.

pub mod pieces;
#[cfg(feature = "follow")]
pub mod require_follow;
pub mod require_login;
pub mod states;

use crate::prelude::*;

use crate::flow::{GuestReason, Notice, Trouble};

pub use pieces::{CopyButton, Icon, Loading, Message, Title};
#[cfg(feature = "follow")]
pub use require_follow::{Follow, FollowFirst, RequireFollow};
pub use require_login::RequireLogin;
pub use states::{Failed, Guest, NoticeBar, OpenInWechat};

/// What is shown instead of a page, or above one; each can be another.
#[derive(Clone, Copy)]
pub struct Views {
    /// While it is not known who is there, and on the way to WeChat: what is under way, and what it is good for.
    pub loading: fn(&'static str, Option<&'static str>) -> AnyView,
    /// Nobody is signed in, in a browser that could.
    pub guest: fn(GuestReason) -> AnyView,
    /// For browsers that WeChat's authorize page refuses.
    pub open_in_wechat: fn() -> AnyView,
    /// The login does not work.
    pub failed: fn(Trouble) -> AnyView,
    /// Above the page: what went wrong beside an intact session.
    pub notice: fn(Notice) -> AnyView,
    /// The page is for followers of the account, and this is none.
    #[cfg(feature = "follow")]
    pub follow: fn(Follow) -> AnyView,
}

impl Default for Views {
    fn default() -> Self {
        Self {
            loading: |text, reason| view! { <Loading text reason /> }.into_any(),
            guest: |reason| view! { <Guest reason /> }.into_any(),
            open_in_wechat: || view! { <OpenInWechat /> }.into_any(),
            failed: |trouble| view! { <Failed trouble /> }.into_any(),
            notice: |notice| view! { <NoticeBar notice /> }.into_any(),
            #[cfg(feature = "follow")]
            follow: |follow| view! { <FollowFirst follow /> }.into_any(),
        }
    }
}
