//! What WeChat is documented or observed to do, one test per imitated rule, through real HTTP.
//!
//! Sources: "h5" is WeChat's web authorization page, "access_token" and "userinfo" its pages of these calls, "codes"
//! its table of return codes; "observed" stands for answers and reports developers have published, "choice" for what
//! nobody outside WeChat knows.

mod authorize;
mod consent;
mod control;
mod exchange;
mod lifecycle;
mod redirect_target;
mod support;
mod userinfo;
