//! What WeChat is documented or observed to do, a test or a row of a table per imitated rule, through real HTTP.
//!
//! Sources: "h5" is WeChat's web authorization page, "access_token" and "userinfo" its pages of these calls, "codes"
//! its table of return codes; "observed" stands for answers and reports developers have published, "choice" for what
//! nobody outside WeChat knows.

mod account_calls;
mod apps;
mod authorize;
mod authorize_refusals;
mod consent;
mod control;
mod debugger;
mod documents;
mod exchange;
mod fault_responses;
mod fault_rules;
mod home_page;
mod jssdk;
mod methods;
mod people;
mod program;
mod qrconnect;
mod refusals;
mod snapshot;
mod support;
mod tokens;
mod userinfo;
