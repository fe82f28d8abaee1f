//! What the login shows of itself while a page waits for it, and when it cannot have it.

pub mod failed;
pub mod guest;
pub mod notice_bar;
pub mod open_in_wechat;
pub mod require_login;

pub use failed::explain_with_id;
pub use notice_bar::NoticeBar;
pub use require_login::RequireLogin;
